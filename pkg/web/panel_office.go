package web

import (
	"errors"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// officePage is the office's data, to read or to edit under § 5.
type officePage struct {
	page
	officeForm
	Groups []officeGroup
	Points []store.ServicePoint
	Gate   gateState
	Edit   bool   // the person may edit and the gate is open
	Crest  string // address; "": none
}

// rulesOf are an office's own settings for its figures.
func rulesOf(o *store.OfficeRecord) stats.Rules {
	return stats.Rules{Threshold: o.Threshold, Weights: o.Weights}
}

// officeForm is an office's record as it was read or typed, with what came of saving it.
type officeForm struct {
	Record    *store.OfficeRecord
	Threshold string                 // as typed
	Weights   map[survey.Role]string // as typed
	Problems  []survey.FieldError
	Stopped   bool                // refused for want of a report
	Now       *store.OfficeRecord // what somebody else saved meanwhile; nil: nobody did
	Saved     bool
	crestForm
}

// officeGroup is a heading with its fields.
type officeGroup struct {
	Title  string
	Fields []officeField
	Hint   string // to all of them; "": none
}

// officeField is one field of the form.
type officeField struct {
	Name, Label, Hint, Type, Value string
	Rows                           int // above 0: a text area
	Problem                        *survey.FieldError
	Changed                        bool   // somebody else saved Now meanwhile
	Now                            string // "": nothing
}

// officeGroups lists the fields of an office's record in the order of the page.
func officeGroups(o *survey.Office) []officeGroup {
	return []officeGroup{
		{Title: "Nazwa", Fields: []officeField{
			{Name: "name", Label: "Nazwa urzędu", Value: o.Name},
			{Name: "name_genitive", Label: "Dopełniacz (kogo? czego?)", Hint: "np. Urzędu Gminy Osielsko", Value: o.NameGenitive},
			{Name: "name_locative", Label: "Miejscownik (w kim? w czym?)", Hint: "np. Urzędzie Gminy Osielsko", Value: o.NameLocative},
			{Name: "kind", Label: "Rodzaj", Hint: "UG, UM, UMiG lub starostwo", Value: o.Kind},
			{Name: "organ", Label: "Organ", Hint: "wójt, burmistrz, prezydent lub starosta", Value: o.Organ},
		}},
		{Title: "Adres i kontakt", Fields: []officeField{
			{Name: "street", Label: "Ulica i numer", Value: o.Street}, {Name: "postal_code", Label: "Kod pocztowy", Hint: "np. 86-031", Value: o.PostalCode},
			{Name: "city", Label: "Miejscowość", Value: o.City}, {Name: "phone", Label: "Telefon", Type: "tel", Value: o.Phone},
			{Name: "email", Label: "E-mail", Type: "email", Value: o.Email}, {Name: "website", Label: "Strona internetowa", Type: "url", Hint: "od https://", Value: o.Website},
			{Name: "bip", Label: "BIP", Type: "url", Hint: "od https://", Value: o.BIP}, {Name: "epuap", Label: "Skrytka ePUAP", Value: o.EPUAP},
			{Name: "e_delivery", Label: "Adres do e-Doręczeń", Hint: "AE:PL-00000-00000-AAAAA-00", Value: o.EDelivery},
			{Name: "hours", Label: "Godziny przyjęć", Value: o.Hours, Rows: 2},
		}},
		{Title: "Identyfikatory", Fields: []officeField{
			{Name: "teryt", Label: "TERYT", Hint: "7 cyfr gminy lub 4 cyfry powiatu", Value: o.TERYT}, {Name: "nip", Label: "NIP", Hint: "10 cyfr", Value: o.NIP},
			{Name: "regon", Label: "REGON", Hint: "9 lub 14 cyfr", Value: o.REGON},
		}},
		{Title: "Dane osobowe i dostępność", Fields: []officeField{
			{Name: "dpo", Label: "Kontakt do inspektora ochrony danych", Value: o.DPO},
			{Name: "accessibility", Label: "Osoba lub komórka do spraw dostępności", Value: o.Accessibility},
			{Name: "access", Label: "Dostępność architektoniczna siedziby", Value: o.Access, Rows: 4},
			{Name: "communication", Label: "Dostępność komunikacyjno-informacyjna", Hint: "np. tłumacz języka migowego, pętla indukcyjna", Value: o.Communication, Rows: 3},
		}},
		{Title: "Wygląd", Fields: []officeField{{Name: "colour", Label: "Kolor urzędu", Hint: "np. #17594a; na tle tego koloru jest biały tekst", Value: o.Colour}}},
	}
}

// weightGroup lists the weights of the indicators, as typed.
func weightGroup(typed map[survey.Role]string) officeGroup {
	labels := map[survey.Role]string{survey.RoleEfficiency: "Sprawność obsługi", survey.RoleEmployee: "Ocena pracownika", survey.RoleOverall: "Ocena ogólna"}
	group := officeGroup{Title: "Wagi wskaźników", Hint: "Ile każdy wskaźnik znaczy we wskaźniku łącznym: liczba całkowita od 1 do 100. Równe wagi znaczą, że wszystkie liczą się tak samo. Raport podaje wagi obok wyników."}
	for _, role := range survey.Roles() {
		group.Fields = append(group.Fields, officeField{Name: weightField(role), Label: labels[role], Value: typed[role]})
	}
	return group
}

func weightField(role survey.Role) string { return "weight_" + string(role) }

// typedWeights writes weights as they are typed.
func typedWeights(w survey.Weights) map[survey.Role]string {
	typed := map[survey.Role]string{}
	for _, role := range survey.Roles() {
		typed[role] = strconv.FormatFloat(w.Of(role), 'f', -1, 64)
	}
	return typed
}

// groups lists the form's fields with what is to be mended, and what somebody else saved in them meanwhile.
func (f officeForm) groups() []officeGroup {
	groups := append(officeGroups(&f.Record.Office), weightGroup(f.Weights))
	var now []officeGroup
	if f.Now != nil {
		now = append(officeGroups(&f.Now.Office), weightGroup(typedWeights(f.Now.Weights)))
	}
	for i, group := range groups {
		for j := range group.Fields {
			field := &group.Fields[j]
			for k := range f.Problems {
				if f.Problems[k].Field == field.Name {
					field.Problem = &f.Problems[k]
				}
			}
			if now != nil && now[i].Fields[j].Value != field.Value {
				field.Changed, field.Now = true, now[i].Fields[j].Value
			}
		}
	}
	return groups
}

// Label names a field for the list of what is to be mended.
func (p officePage) Label(name string) string {
	for _, group := range p.Groups {
		for _, field := range group.Fields {
			if field.Name == name {
				return field.Label
			}
		}
	}
	return "Najmniejsza grupa"
}

func (s *Server) showOffice(c *fiber.Ctx) error {
	form, err := s.readOfficeForm(c)
	if err != nil {
		return err
	}
	form.Saved, form.CrestSaved = c.Query("zapisano") != "", c.Query("herb") != ""
	return s.drawOffice(c, form)
}

// readOfficeForm returns the form of the office's data as they are.
func (s *Server) readOfficeForm(c *fiber.Ctx) (officeForm, error) {
	record, err := s.scopeOf(c).Office(c.UserContext())
	if err != nil {
		return officeForm{}, err
	}
	return officeForm{Record: record, Threshold: strconv.Itoa(record.Threshold), Weights: typedWeights(record.Weights)}, nil
}

func (s *Server) drawOffice(c *fiber.Ctx, form officeForm) error {
	points, err := s.scopeOf(c).ServicePoints(c.UserContext())
	if err != nil {
		return err
	}
	gate, err := s.gateOf(c)
	if err != nil {
		return err
	}
	form.Record.UpdatedAt = form.Record.UpdatedAt.In(s.Now().Location())
	p := officePage{page: s.page(c), officeForm: form, Groups: form.groups(), Points: points, Gate: gate, Crest: crestAddress(tenantOf(c))}
	p.Edit = p.Role == string(store.RoleAdministrator) && (gate.Open || form.Stopped || form.Problems != nil)
	return c.Render("panel/office", p)
}

// saveOffice changes the office's data under § 5. What was typed is never lost: it is drawn again with what is
// to be mended, or with what stands in the way.
func (s *Server) saveOffice(c *fiber.Ctx) error {
	ctx, scope := c.UserContext(), s.scopeOf(c)
	before, err := scope.Office(ctx)
	if err != nil {
		return err
	}
	record := *before
	readOffice(c, &record.Office)
	form := officeForm{Record: &record, Threshold: strings.TrimSpace(c.FormValue("threshold")), Weights: readWeights(c, before.Weights)}
	record.Revision = readInt(formValues(c), "revision")
	form.Problems = form.check(min(stats.DefaultThreshold, before.Threshold))
	if len(form.Problems) > 0 {
		c.Status(fiber.StatusUnprocessableEntity)
		return s.drawOffice(c, form)
	}
	err = s.underGate(c, func(archive *store.Report) error {
		record.UpdatedAt, record.UpdatedBy = s.Now(), sessionOf(c).Login // after the report
		return scope.SaveOffice(ctx, record, archive)
	})
	if errors.Is(err, survey.ErrReportRequired) {
		form.Stopped = true
		c.Status(fiber.StatusConflict)
		return s.drawOffice(c, form)
	}
	if errors.Is(err, survey.ErrConflict) {
		return s.drawOfficeChanged(c, form)
	}
	if err != nil {
		return err
	}
	s.refreshDirectory(c)
	return c.Redirect("/panel/urzad?zapisano=1", fiber.StatusSeeOther)
}

// drawOfficeChanged tells what somebody else saved meanwhile, beside what was typed. The form goes on from the
// other's revision: whoever sends it again has seen both.
func (s *Server) drawOfficeChanged(c *fiber.Ctx, form officeForm) error {
	now, err := s.scopeOf(c).Office(c.UserContext())
	if err != nil {
		return err
	}
	form.Now, form.Record.Revision = now, now.Revision
	form.Problems = []survey.FieldError{{Problem: survey.ProblemChanged}}
	c.Status(fiber.StatusConflict)
	return s.drawOffice(c, form)
}

// refreshDirectory lets a change be seen with the answer; the other replicas hear of it from the database.
func (s *Server) refreshDirectory(c *fiber.Ctx) {
	if err := s.reload(c.UserContext()); err != nil {
		s.Log.Warn("directory not read", "err", err)
	}
}

// check reads the threshold and says what is wrong with the form; nil: nothing. An office may raise the usual
// threshold; one that the operator set lower, down to the floor of art. 38 of the Act on public statistics, may stay.
func (f *officeForm) check(lowest int) []survey.FieldError {
	var bad survey.InvalidError
	var invalid *survey.InvalidError
	if errors.As(f.Record.Office.Check(), &invalid) {
		bad.Fields = invalid.Fields
	}
	lowest = max(lowest, stats.FloorThreshold)
	n, err := strconv.Atoi(f.Threshold)
	switch {
	case err != nil:
		bad.Add("threshold", survey.ProblemNotNumber, 0)
	case n < lowest:
		bad.Add("threshold", survey.ProblemBelow, lowest)
	case n > stats.HighestThreshold:
		bad.Add("threshold", survey.ProblemAbove, stats.HighestThreshold)
	}
	f.Record.Threshold = n
	f.checkWeights(&bad)
	return bad.Fields
}

// checkWeights reads the weights and says what is wrong with them.
func (f *officeForm) checkWeights(bad *survey.InvalidError) {
	weights := survey.Weights{}
	for _, role := range survey.Roles() {
		n, err := strconv.Atoi(f.Weights[role])
		if err != nil {
			bad.Add(weightField(role), survey.ProblemNotNumber, 0)
			continue
		}
		weights[role] = float64(n)
	}
	f.Record.Weights = weights
	var invalid *survey.InvalidError
	if errors.As(weights.Check(), &invalid) {
		bad.Fields = append(bad.Fields, invalid.Fields...)
	}
}

// readWeights takes the weights as they were typed; a form that does not have them leaves them.
func readWeights(c *fiber.Ctx, before survey.Weights) map[survey.Role]string {
	typed := typedWeights(before)
	for _, role := range survey.Roles() {
		if c.Request().PostArgs().Has(weightField(role)) {
			typed[role] = strings.TrimSpace(c.FormValue(weightField(role)))
		}
	}
	return typed
}

func readOffice(c *fiber.Ctx, o *survey.Office) {
	text := func(field string) string {
		return strings.TrimSpace(strings.ReplaceAll(c.FormValue(field), "\r\n", "\n"))
	}
	o.Name, o.NameGenitive, o.NameLocative, o.Kind, o.Organ = text("name"), text("name_genitive"), text("name_locative"), text("kind"), text("organ")
	o.Street, o.PostalCode, o.City, o.Phone = text("street"), text("postal_code"), text("city"), text("phone")
	o.Email, o.Website, o.BIP, o.EPUAP, o.EDelivery = text("email"), text("website"), text("bip"), text("epuap"), text("e_delivery")
	o.Hours, o.TERYT, o.NIP, o.REGON = text("hours"), text("teryt"), digits(text("nip")), digits(text("regon"))
	o.DPO, o.Accessibility, o.Access, o.Communication = text("dpo"), text("accessibility"), text("access"), text("communication")
	o.Colour, o.Sample = strings.ToLower(text("colour")), c.FormValue("sample") != ""
}

// digits takes the blanks and hyphens out of a number.
func digits(s string) string { return strings.NewReplacer(" ", "", "-", "").Replace(s) }
