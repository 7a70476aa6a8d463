package web

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/store"
)

// Audience is who a route is for.
type Audience string

// The audiences. A person logged in to another office is a stranger here.
const (
	Anyone        Audience = "anyone"        // residents and everybody else; no session is looked at
	LoggedOut     Audience = "logged_out"    // the way into the panel
	HalfIn        Audience = "half_in"       // after the password, before the second factor
	Staff         Audience = "staff"         // administrator, employee, supervisor: reads
	Typist        Audience = "typist"        // administrator, employee: types, prints, makes reports
	Supervisor    Audience = "supervisor"    // signs corrective actions off, and changes nothing else
	Administrator Audience = "administrator" // edits data and questionnaire
	Analyst       Audience = "analyst"       // the county's figures
	Member        Audience = "member"        // any role
)

// rolesOf lists the roles that an audience takes in; the first four audiences ask for no role.
func (a Audience) roles() []store.Role {
	switch a {
	case Staff:
		return []store.Role{store.RoleAdministrator, store.RoleEmployee, store.RoleSupervisor}
	case Typist:
		return []store.Role{store.RoleAdministrator, store.RoleEmployee}
	case Supervisor:
		return []store.Role{store.RoleSupervisor}
	case Administrator:
		return []store.Role{store.RoleAdministrator}
	case Analyst:
		return []store.Role{store.RoleAnalyst}
	case Member:
		return []store.Role{store.RoleAdministrator, store.RoleEmployee, store.RoleSupervisor, store.RoleAnalyst}
	}
	return nil
}

// Route is one address of the service.
type Route struct {
	Method   string   `json:"method"`
	Path     string   `json:"path"`
	Audience Audience `json:"audience"`
	Changes  bool     `json:"changes"` // it changes state
	handler  fiber.Handler
}

// Routes lists every route but /healthz and /readyz, which answer on any host.
func (s *Server) Routes() []Route { return s.routes() }

// routes is the one table of all addresses.
func (s *Server) routes() []Route {
	return slices.Concat(s.publicRoutes(), s.officeRoutes(), s.resultsRoutes(), s.versionRoutes(), s.deskRoutes(), s.actionRoutes(), s.scanRoutes(), s.kioskRoutes())
}

// Methods, short for the table.
const (
	get  = fiber.MethodGet
	post = fiber.MethodPost
)

// publicRoutes are everybody's, up to the door of the panel.
func (s *Server) publicRoutes() []Route {
	return []Route{
		// residents
		{get, "/", Anyone, false, s.showSurvey},
		{post, "/", Anyone, true, s.submitSurvey},
		{get, "/dziekujemy", Anyone, false, s.showThanks},
		{get, "/dzialania", Anyone, false, s.showPublicActions},
		{get, "/deklaracja-dostepnosci", Anyone, false, s.showDeclaration},
		{get, "/prywatnosc", Anyone, false, s.showPrivacy},
		{get, "/robots.txt", Anyone, false, s.showRobots},
		{get, resultsPath, Anyone, false, few(s.readers, s.showResults)},
		{get, resultsPath + "/dane.json", Anyone, false, few(s.readers, s.showOpenIndex)},
		{get, resultsPath + "/dane/:edition/:file", Anyone, false, few(s.readers, s.showOpenFile)},
		{get, resultsPath + "/:edition", Anyone, false, few(s.readers, s.showResults)},
		{get, "/urzad.css", Anyone, false, s.showColours},
		{get, "/herb", Anyone, false, s.showCrest},
		{get, "/assets/:name", Anyone, false, s.showAsset},
		{get, surveyWorker, Anyone, false, s.showSurveyWorker},
		{get, "/schema/raport-2.json", Anyone, false, s.showSchema},

		// the way into the panel
		{get, "/panel/logowanie", LoggedOut, false, s.showLogin},
		{post, "/panel/logowanie", LoggedOut, true, s.logIn},
		{get, "/panel/logowanie/kod", HalfIn, false, s.showCode},
		{post, "/panel/logowanie/kod", HalfIn, true, s.checkCode},
		{post, "/panel/wyloguj", HalfIn, true, s.logOut},
		{get, "/panel/zaproszenie/:token", LoggedOut, false, s.showInvitation},
		{post, "/panel/zaproszenie/:token", LoggedOut, true, s.acceptInvitation},

		{get, "/panel", Member, false, s.showHome},
	}
}

// officeRoutes are the office's data, reports and questionnaire.
func (s *Server) officeRoutes() []Route {
	return []Route{
		// the office's data
		{get, "/panel/urzad", Staff, false, s.showOffice},
		{post, "/panel/urzad", Administrator, true, s.saveOffice},
		{post, crestPath, Administrator, true, s.saveCrest},
		{get, "/panel/urzad/punkty", Staff, false, s.showPoints},
		{post, "/panel/urzad/punkty", Administrator, true, s.savePoint},
		{get, "/panel/dziennik", Staff, false, s.showLog},

		// reports
		{get, "/panel/raporty", Staff, false, s.showReports},
		{post, "/panel/raporty", Typist, true, s.generateReport},
		{get, "/panel/raporty/nowy", Typist, false, s.showNewReport},
		{post, "/panel/raporty/dotychczasowe", Typist, true, s.archiveSoFar},
		{get, "/panel/raporty/porownanie", Staff, false, s.showReportComparison},
		{get, "/panel/raporty/projekt", Staff, false, s.showReportDraft},
		{get, "/panel/raporty/terminy", Staff, false, s.showReportTerms},
		{post, "/panel/raporty/terminy", Administrator, true, s.saveReportTerms},
		{get, "/panel/raporty/:report", Staff, false, s.showReport},
		{get, "/panel/raporty/:report/sprawa", Staff, false, s.showReportCase},
		{post, "/panel/raporty/:report/sprawa", Typist, true, s.saveReportCase},
		{get, "/panel/raporty/:report/raport.:format", Staff, false, s.downloadReport},

		// single submissions, for staff alone
		{get, exportsPath, Staff, false, s.showExports},
		{post, exportsPath, Typist, true, s.startExport},
		{get, exportsPath + "/:export", Staff, false, s.showExport},
		{post, exportsPath + "/:export/przerwij", Typist, true, s.cancelExport},
		{get, exportsPath + "/:export/plik.:ext", Staff, false, s.downloadExport},

		// what everybody may read of them
		{get, publicPath, Staff, false, s.showPublic},
		{post, publicPath, Administrator, true, s.openPublic},
		{get, publicPath + "/nowe", Administrator, false, s.showNewEdition},
		{get, publicPath + "/podglad", Administrator, false, s.previewEdition},
		{post, publicPath + "/nowe", Administrator, true, s.publishEdition},
		{post, publicPath + "/:publication/wycofaj", Administrator, true, s.withdrawEdition},

		// the review of remarks
		{get, remarksPath, Staff, false, s.showRemarks},
		{post, remarksPath, Typist, true, s.approveAlike},
		{post, remarksPath + "/:remark", Typist, true, s.reviewRemark},

		// the questionnaire's editor
		{get, "/panel/ankieta", Administrator, false, s.showEditor},
		{post, "/panel/ankieta/tresc", Administrator, true, s.saveWhole},
		{post, "/panel/ankieta/sekcja/:key", Administrator, true, s.saveSection},
		{post, "/panel/ankieta/pytanie/:key", Administrator, true, s.saveQuestion},
		{post, "/panel/ankieta/uklad", Administrator, true, s.arrange},
		{post, "/panel/ankieta/cofnij", Administrator, true, s.undoEdit},
	}
}

// resultsRoutes are the results as they are now.
func (s *Server) resultsRoutes() []Route {
	return []Route{
		{get, panelResultsPath, Staff, false, s.showPanelResults},
		{get, crossPath, Staff, false, s.showCross},
		{get, crossPath + ".csv", Staff, false, s.downloadCross},
		{get, foundPath, Staff, false, s.showFound},
		{post, foundPath, Typist, true, s.tagRemarks},
		{get, themesPath, Staff, false, s.showThemes},
		{post, themesPath, Typist, true, s.createTheme},
		{post, themesPath + "/:theme", Typist, true, s.changeTheme},
	}
}

// versionRoutes are the questionnaire's draft on its way to residents, and what they saw before.
func (s *Server) versionRoutes() []Route {
	return []Route{
		{get, "/panel/ankieta/publikacja", Administrator, false, s.showPublication},
		{post, "/panel/ankieta/publikacja", Administrator, true, s.publishVersion},
		{get, "/panel/ankieta/podglad", Administrator, false, s.previewDraft},
		{get, "/panel/ankieta/podglad/arkusz", Administrator, false, s.previewDraftSheet},
		{get, "/panel/ankieta/ankieta.yaml", Administrator, false, s.downloadDraft},
		{get, "/panel/ankieta/porownanie", Staff, false, s.showComparison},
		{get, "/panel/ankieta/wersje", Staff, false, s.showVersions},
		{get, "/panel/ankieta/wersje/:number", Staff, false, s.showVersion},
		{get, "/panel/ankieta/wersje/:number/podglad", Staff, false, s.previewVersion},
		{get, "/panel/ankieta/wersje/:number/ankieta.yaml", Staff, false, s.downloadVersion},
		{post, "/panel/ankieta/wersje/:number/szkic", Administrator, true, s.restoreVersion},
		{get, "/panel/ankieta/biblioteka", Administrator, false, s.showLibrary},
		{post, "/panel/ankieta/biblioteka", Administrator, true, s.useShipped},
		{post, importPath, Administrator, true, s.importFile},
		{get, "/panel/ankieta/biblioteka/:name", Administrator, false, s.showShipped},
		{get, "/panel/ankieta/biblioteka/:name/podglad", Administrator, false, s.previewShipped},
	}
}

// deskRoutes are paper, the banner, and what the county sees.
func (s *Server) deskRoutes() []Route {
	return []Route{
		// paper: typing, printing; the banner
		{get, "/panel/ankiety-papierowe", Staff, false, s.showBatches},
		{post, "/panel/ankiety-papierowe", Typist, true, s.openBatch},
		{get, "/panel/ankiety-papierowe/:batch", Staff, false, s.showBatch},
		{post, "/panel/ankiety-papierowe/:batch/zamknij", Typist, true, s.closeBatch},
		{get, "/panel/ankiety-papierowe/:batch/kod", Typist, false, s.findCode},
		{get, "/panel/ankiety-papierowe/:batch/arkusz", Typist, false, s.showSheet},
		{post, "/panel/ankiety-papierowe/:batch/arkusz", Typist, true, s.saveSheet},
		{get, "/panel/ankiety-papierowe/:batch/arkusz/:submission", Typist, false, s.showTypedSheet},
		{post, "/panel/ankiety-papierowe/:batch/arkusz/:submission", Typist, true, s.correctSheet},
		{get, "/panel/ankiety-papierowe/:batch/kontrola", Staff, false, s.showSample},
		{post, "/panel/ankiety-papierowe/:batch/kontrola", Typist, true, s.drawSample},
		{get, "/panel/ankiety-papierowe/:batch/kontrola/arkusz", Typist, false, s.findSecond},
		{get, "/panel/ankiety-papierowe/:batch/kontrola/:submission", Typist, false, s.showSecond},
		{post, "/panel/ankiety-papierowe/:batch/kontrola/:submission", Typist, true, s.saveSecond},
		{get, "/panel/ankiety-papierowe/:batch/kontrola/:submission/roznice", Staff, false, s.showDifferences},
		{post, "/panel/ankiety-papierowe/:batch/kontrola/:submission/roznice", Typist, true, s.settleSheet},
		{get, "/panel/wydruk", Typist, false, s.showPrint},
		{post, "/panel/wydruk", Typist, true, few(s.prints, s.printSheets)},
		{get, postersPath, Typist, false, s.showPosters},
		{get, postersPath + "/plakaty.pdf", Typist, false, few(s.prints, s.downloadPosters)},
		{get, "/panel/baner", Staff, false, s.showBanner},
		{get, "/panel/baner/qr/:file", Staff, false, s.showQR},

		// the county's analyst
		{get, "/panel/powiat", Analyst, false, s.showCounty},
		{get, "/panel/powiat/urzedy.xlsx", Analyst, false, s.downloadCounty},
	}
}

// actionRoutes are the register of corrective actions.
func (s *Server) actionRoutes() []Route {
	const one = actionsPath + "/:action"
	return []Route{
		{get, actionsPath, Staff, false, s.showActions},
		{post, actionsPath, Typist, true, s.addAction},
		{get, actionsPath + "/rejestr", Staff, false, s.showRegister},
		{get, actionsPath + "/nowe", Typist, false, s.showNewAction},
		{get, one, Staff, false, s.showAction},
		{post, one, Typist, true, s.saveAction},
		{get, one + "/edycja", Typist, false, s.showActionForm},
		{post, one + "/publikacja", Typist, true, s.publishAction},
		{post, one + "/podpis", Supervisor, true, s.signAction},
	}
}

// kioskRoutes are the office's devices, and the pages of a device itself, which is known by a cookie of its own.
func (s *Server) kioskRoutes() []Route {
	return []Route{
		{get, devicesPath, Staff, false, s.showDevices},
		{post, devicesPath, Administrator, true, s.addDevice},
		{post, devicesPath + "/:device", Administrator, true, s.changeDevice},

		{get, kioskPath, Anyone, false, s.showKiosk},
		{post, kioskPath, Anyone, true, s.submitKiosk},
		{get, kioskPath + "/dziekujemy", Anyone, false, s.showKioskThanks},
		{get, kioskPath + "/parowanie", Anyone, false, s.showPairing},
		{post, kioskPath + "/parowanie", Anyone, true, s.pairKiosk},
		{get, kioskPath + "/przerwa", Anyone, false, s.showKioskBreak},
		{post, kioskPath + "/odpowiedz", Anyone, true, s.takeKiosk},
		{post, kioskPath + "/stan", Anyone, true, s.noteKiosk},
		{get, kioskPath + "/sw.js", Anyone, false, s.showKioskWorker},
	}
}

// scanRoutes are scanned paper: stacks, their files, verification, approval.
func (s *Server) scanRoutes() []Route {
	const one = scansPath + "/:batch"
	return []Route{
		{get, scansPath, Staff, false, s.showScans},
		{post, scansPath, Typist, true, s.openScan},
		{post, scansPath + "/przechowywanie", Administrator, true, s.saveScanRetention},
		{get, one, Staff, false, s.showScan},
		{post, one + "/pliki", Typist, true, s.uploadFiles},
		{post, one + "/plik", Typist, true, s.startFile},
		{post, one + "/pliki/:file/czesc/:number", Typist, true, s.addPiece},
		{post, one + "/pliki/:file/gotowe", Typist, true, s.finishFile},
		{post, one + "/pliki/:file/usun", Typist, true, s.cancelFile},
		{get, one + "/weryfikacja", Typist, false, s.showScanCheck},
		{post, one + "/cofnij", Typist, true, s.undoScan},
		{post, one + "/pytania/:question", Typist, true, s.decideScan},
		{get, one + "/pytania/:question/wycinek", Typist, false, few(s.pictures, s.showCrop)},
		{get, one + "/pytania/:question/podobne", Typist, false, s.showScanAlike},
		{post, one + "/podobne", Typist, true, s.acceptAlike},
		{get, one + "/strony/:page", Staff, false, s.showScanPage},
		{get, one + "/strony/:page/obraz", Staff, false, s.showScanPicture},
		{post, one + "/strony/:page/odczytaj", Typist, true, few(s.pictures, s.rereadScanPage)},
		{post, one + "/strony/:page/odrzuc", Typist, true, s.settleScanPage},
		{get, one + "/strony/:page/wpisz", Typist, false, s.showTypeScan},
		{post, one + "/strony/:page/wpisz", Typist, true, s.typeScan},
		{get, one + "/arkusze/:sheet", Typist, false, s.showScanSheet},
		{post, one + "/arkusze/:sheet", Typist, true, s.saveScanSheet},
		{post, one + "/arkusze/:sheet/rozstrzygnij", Typist, true, s.settleScanSheet},
		{post, one + "/ponownie", Typist, true, s.readScanAgain},
		{post, one + "/zatwierdz", Typist, true, s.approveScan},
	}
}
