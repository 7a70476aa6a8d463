package privacy

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Names can't be proved, so they are never replaced, only pointed out. The patterns match whole words in
// lower case.
var (
	// courtesy announces a surname, also one in lower case.
	courtesy = regexp.MustCompile(`^(?:pan|pana|panu|panem|pani|panią|panie|państwo|państwa|państwu|p|pp)$`)
	// office announces the surname of the one who holds it.
	office = regexp.MustCompile(`^(?:` +
		`(?:wójt|burmistrz|prezydent|starost|sekretarz|skarbnik|skarbnicz|kierownik|kierownicz|naczelnik|naczelnicz|dyrektor|inspektor|podinspektor|` +
		`referent|urzędnik|urzędnicz|pracownik|pracownic|sołtys|komendant|prezes|przewodniczący?|przewodnicząc|specjalist|informatyk|geodet|strażnik|radc)` +
		`(?:a|ą|ę|y|i|u|o|e|owi|em|iem|ie|ką|ka|kę|ce|ki|czka|czkę|czką|czce|czki|ego|emu|ym|ej|yni|ynię|ynią)?` +
		`|radn(?:y|a|ego|ej|emu|ą|ym)|wicewójt\p{L}*|wiceburmistrz\p{L}*|wicestarost\p{L}*|zastęp(?:ca|cy|cę|cą|czyni)|z-ca|` +
		`mgr|dr|inż|nazywam|podpisan[yao]|niejak\p{L}+)$`)
	// between may stand between the announcing word and the name, and is no name itself.
	between = regexp.MustCompile(`^(?:się|ds|d|s|urz[ęą]d\p{L}*|referat\p{L}*|wydział\p{L}*|biur\p{L}*|usc|gops|mops)$`)
	// ruled is what an office rules; behind it stands a place, as in "Wójt Gminy Dobrcz".
	ruled = regexp.MustCompile(`^(?:gmin|miast|powiat|województw|sołectw|rad)\p{L}{0,4}$`)
	// surname matches endings that hardly any other word has.
	surname = regexp.MustCompile(`^\p{L}{2,}(?:(?:s|c|dz)k(?:i|a|ą|iego|iej|iemu|im|ich)|(?:icz|czyk)(?:a|owi|em|iem|owie|ów|ami)?)$`)
	// place begins adjectives of places and offices, which end as surnames do.
	place = regexp.MustCompile(`^(?:polsk|bydgosk|gdańsk|toruńsk|warszawsk|poznańsk|kujawsk|pomorsk|europejsk|ukraińsk|angielsk|niemieck|rosyjsk|` +
		`miejsk|wiejsk|sołeck|obywatelsk|mieszkańsk|radzieck|osielsk|koronowsk|soleck|mieszkaniec|dworsk|` +
		`wojewódzk|marszałkowsk|starościńsk|urzędnicz|tablic|ulic|granic|okolic|różnic|prac)`)
	// street announces an address, whose name is no person here.
	street = regexp.MustCompile(`^(?:ul|ulic[ayęąie]+|al|alej[aąieę]+|os|osiedl[euma]+|pl|plac\p{L}*|szos[ayęąie]+|rond\p{L}*|szkoł\p{L}*|im)$`)
)

// firstNames are stems of common first names with the endings that they may take.
var firstNames = regexp.MustCompile(`^(?:(?:ann|mari|katarzyn|małgorzat|agnieszk|barbar|ew|krystyn|elżbiet|magdalen|joann|aleksandr|monik|teres|danut|` +
	`natali|karolin|mart|juli|beat|dorot|jadwig|jolant|halin|iwon|aliz|alicj|paulin|zofi|justyn|irmin|iren|hann|renat|sylwi|wiktori|oliwi|` +
	`patrycj|urszul|stanisław|edyt|wand|marzen|weronik|emili|kamil|oksan|olen|tetian|iryn|natali|luc|grażyn|bożen|wiesław|ireneusz|` +
	`lucyn|izabel|honorat)(?:a|ą|ę|y|i|ie|ii|u|o)` +
	`|(?:piotr|krzysztof|andrzej|tomasz|paweł|pawł|jan|michał|marcin|stanisław|jakub|adam|marek|mark|łukasz|grzegorz|mateusz|wojciech|` +
	`mariusz|dariusz|zbigniew|rafał|robert|kamil|jerzy|jerz|szymon|dawid|henryk|kacper|artur|sławomir|sebastian|bartosz|` +
	`damian|patryk|kazimierz|karol|przemysław|maciej|marian|adrian|filip|antoni|daniel|aleksander|tadeusz|arkadiusz|zdzisław|waldemar|` +
	`leszek|leszk|roman|ryszard|mirosław|jarosław|jacek|jack|witold|bogdan|edward|czesław|wiesław|oleksandr|serhij)(?:a|owi|em|iem|u|ego|emu|m|im)?)$`)

// word is a word of a text.
type word struct {
	text   string // as written
	low    string // in lower case
	starts bool   // begins a sentence
}

// perhapsName reports whether the text may hold a person's name: a name behind a form of address or an
// office, a first name and another name, or a word with the ending of a surname.
func perhapsName(text string) bool {
	words := wordsOf(text)
	for i, w := range words {
		switch {
		case courtesy.MatchString(w.low) && announcesName(words[i+1:], true),
			office.MatchString(w.low) && announcesName(words[i+1:], false),
			firstNames.MatchString(w.low) && w.capital() && i+1 < len(words) && words[i+1].name(),
			w.surname() && w.capital() && !(i > 0 && street.MatchString(words[i-1].low)):
			return true
		}
	}
	return false
}

// nameReach is how many words behind the announcing one the name is looked for: "pani kierownik referatu
// spraw obywatelskich Wrona" is as long as people write.
const nameReach = 6

// announcesName reports whether the words that follow a form of address or an office begin with a name.
func announcesName(words []word, polite bool) bool {
	for _, w := range words[:min(len(words), nameReach)] {
		switch {
		case w.starts, ruled.MatchString(w.low):
			return false
		case courtesy.MatchString(w.low), office.MatchString(w.low), between.MatchString(w.low):
			continue
		}
		return w.name() || polite && w.surname()
	}
	return false
}

// capital reports whether the word begins with a capital letter.
func (w word) capital() bool {
	first, _ := utf8.DecodeRuneInString(w.text)
	return unicode.IsUpper(first)
}

// name reports whether the word may be a name.
func (w word) name() bool {
	return w.capital() && utf8.RuneCountInString(w.text) >= 3 && !w.starts && !place.MatchString(w.low)
}

// surname reports whether the word ends as surnames do, in any case.
func (w word) surname() bool {
	return utf8.RuneCountInString(w.text) >= 6 && surname.MatchString(w.low) && !place.MatchString(w.low)
}

// abbreviations end in a point that ends no sentence.
func abbreviations() []string {
	return []string{"p", "pp", "ul", "al", "os", "pl", "im", "mgr", "dr", "inż", "ds", "tel", "nr", "zast"}
}

// wordForm matches a word or a token; a token is no word, but parts what stands on its sides.
var wordForm = regexp.MustCompile(
	`\[(?:PESEL|NIP|REGON|KONTO|DOWÓD|E-MAIL|TELEFON|KSIĘGA WIECZYSTA|REJESTRACJA)\]|\p{L}+(?:[’'-]\p{L}+)*`)

// wordsOf splits a text into words.
func wordsOf(text string) []word {
	var words []word
	starts, last := true, 0
	for _, at := range wordForm.FindAllStringIndex(text, -1) {
		if gap := text[last:at[0]]; last > 0 && strings.ContainsAny(gap, ".!?;") {
			// "p. Nowak" goes on behind its point
			starts = len(words) == 0 || strings.TrimSpace(gap) != "." || !slices.Contains(abbreviations(), words[len(words)-1].low)
		}
		last = at[1]
		if text[at[0]] == '[' {
			starts = true
			continue
		}
		w := text[at[0]:at[1]]
		words = append(words, word{w, strings.ToLower(w), starts})
		starts = false
	}
	return words
}
