package web

import (
	"ocenaurzedu.eu/pkg/omr"
	"ocenaurzedu.eu/pkg/raster"
	"ocenaurzedu.eu/pkg/scan"
	"ocenaurzedu.eu/pkg/store"
)

// scanWord is a state as pages tell it.
type scanWord struct{ Word, Class string }

// pageWord tells the state of a page.
func pageWord(p store.ScanPage) scanWord {
	switch p.Settled {
	case store.SettledBlank:
		return scanWord{"pusta strona", ""}
	case store.SettledRejected:
		return scanWord{"odrzucona", ""}
	case store.SettledTyped:
		return scanWord{"wpisana ręcznie", "success"}
	}
	switch p.State {
	case store.PageRead:
		return scanWord{"odczytana", "success"}
	case store.PageNeedsCheck:
		return scanWord{"do sprawdzenia", "warning"}
	case store.PageNotLocated:
		return scanWord{"nie rozpoznano", "danger"}
	case store.PageForeign:
		return scanWord{"nie z" + hardSpace + "tego urzędu", ""}
	case store.PageDuplicate:
		return scanWord{"duplikat", ""}
	}
	return scanWord{"nie da się odczytać", "danger"}
}

// pageReason tells why a page is not read, and what to do; "" where its state says all.
func pageReason(p store.ScanPage) string {
	switch p.Reason {
	case string(omr.NoFiducials):
		return "Nie widać znaczników w" + hardSpace + "rogach arkusza."
	case string(omr.NoCode):
		return "Nie da się odczytać kodu QR."
	case string(omr.BoxesNotFound):
		return "Kratki nie są tam, gdzie powinny: arkusz jest zgnieciony albo obraz zniekształcony."
	case string(omr.OtherSheet):
		return "Takiego arkusza urząd nie wydrukował."
	case store.DuplicatePage:
		return "Ta strona tego arkusza została już zeskanowana."
	case store.DuplicateTyped:
		return "Ten arkusz został już wpisany ręcznie."
	case store.DuplicateApproved:
		return "Ten arkusz został już zatwierdzony."
	}
	return fileReason(p.Reason)
}

// fileReason tells why nothing can be read off a file or a page of it, and what to do.
func fileReason(reason string) string { return raster.Hint(omr.Reason(reason)) }

// questionReason tells why a question is asked. What the blind audit asks has a reason too, that such a question might have.
func questionReason(reason string) string {
	switch reason {
	case string(omr.SeveralMarks):
		return "Zaznaczono więcej niż jedną odpowiedź."
	case string(omr.DoubtfulMark):
		return "Prosimy porównać odczyt z" + hardSpace + "obrazem."
	case string(omr.InkBeside):
		return "Jest znak obok kratek."
	case string(omr.BlankBilevel):
		return "Nie widać zaznaczenia. Prosimy sprawdzić."
	case string(omr.OnlyFilled):
		return "Kratka jest zamalowana, a" + hardSpace + "żadna nie ma krzyżyka."
	case string(omr.ExclusivePicked):
		return "Odpowiedź, która wyklucza inne, zaznaczono razem z" + hardSpace + "innymi."
	case string(omr.TooManyPicks):
		return "Zaznaczono więcej odpowiedzi, niż wolno."
	case scan.ReasonHandwriting:
		return "Wpis odręczny. Prosimy go przepisać."
	}
	return "Prosimy porównać odczyt z" + hardSpace + "obrazem."
}

// scanStateWord tells where a stack stands.
func scanStateWord(state store.ScanState) scanWord {
	switch state {
	case store.ScanOpen:
		return scanWord{"w" + hardSpace + "toku", "warning"}
	case store.ScanApproving:
		return scanWord{"zapisywanie", "warning"}
	case store.ScanApproved:
		return scanWord{"zatwierdzona", "success"}
	}
	return scanWord{"porzucona", ""}
}

// fileWord tells the state of a file.
func fileWord(f store.ScanFile) scanWord {
	switch f.State {
	case store.FileSending:
		return scanWord{"przesyłanie", ""}
	case store.FileWaiting:
		return scanWord{"w" + hardSpace + "kolejce", "warning"}
	case store.FileReading:
		return scanWord{"odczyt", "warning"}
	case store.FileRead:
		return scanWord{"odczytany", "success"}
	case store.FileFailed:
		return scanWord{"nie da się odczytać", "danger"}
	case store.FileRepeated:
		return scanWord{"taki sam plik już jest", ""}
	}
	return scanWord{"usunięty", ""}
}

// sheetWord tells the state of a sheet.
func sheetWord(sh store.ScanSheet) scanWord {
	switch {
	case sh.State == store.SheetApproved:
		return scanWord{"zatwierdzony", "success"}
	case sh.State == store.SheetBlank:
		return scanWord{"pusty", ""}
	case sh.State == store.SheetRejected:
		return scanWord{"odrzucony", ""}
	case sh.State == store.SheetDuplicate:
		return scanWord{"duplikat", ""}
	case sh.Fault != "":
		return scanWord{"sprzeczne odpowiedzi", "danger"}
	case sh.Incomplete():
		return scanWord{"brakuje strony", "warning"}
	case sh.Left > 0:
		return scanWord{"do sprawdzenia", "warning"}
	}
	return scanWord{"gotowy", "success"}
}
