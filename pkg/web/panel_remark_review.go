package web

import (
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"ocenaurzedu.eu/pkg/privacy"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// approveAlike lets all new short remarks pass that say the same.
func (s *Server) approveAlike(c *fiber.Ctx) error {
	ctx, scope, form := c.UserContext(), s.scopeOf(c), formValues(c)
	short, err := scope.ShortRemarks(ctx, shortShown)
	if err != nil {
		return err
	}
	var ids []string
	for _, r := range short {
		if survey.Alike(r.Text) == form.Get("alike") {
			ids = append(ids, r.ID)
		}
	}
	n, err := scope.ApproveRemarks(ctx, ids, s.actor(c))
	if err != nil {
		return err
	}
	return c.Redirect(readRemarkChoice(form.Get).Link("zrobiono", "razem", "ile", strconv.Itoa(n)), fiber.StatusSeeOther)
}

// reviewRemark does with one remark what the button says: it passes, is kept back, waits again, or loses words.
func (s *Server) reviewRemark(c *fiber.Ctx) error {
	form := formValues(c)
	r, err := s.remarkOf(c)
	if err != nil {
		return err
	}
	if seenText(r.Text) != form.Get("seen") || string(r.State) != form.Get("state") {
		return s.tellConflict(c, form, *r)
	}
	done, to := "", survey.RemarkNew
	switch form.Get("do") {
	case "approve":
		done, to = "zatwierdzono", survey.RemarkApproved
	case "withhold":
		done, to = "wstrzymano", survey.RemarkWithheld
	case "reopen":
		done, to = "cofnieto", waitingState(r.Text)
	case "redact":
		return s.redactRemark(c, form, r)
	default:
		return fiber.NewError(fiber.StatusBadRequest, "Formularz jest niekompletny. Prosimy otworzyć stronę z uwagami jeszcze raz i użyć jednego z przycisków przy uwadze.")
	}
	err = s.scopeOf(c).ReviewRemark(c.UserContext(), r.ID, r.State, to, s.actor(c))
	if errors.Is(err, survey.ErrConflict) {
		return s.nowConflict(c, form)
	}
	if err != nil {
		return err
	}
	return c.Redirect(remarkAfter(form, done, r.ID, form.Get("next")), fiber.StatusSeeOther)
}

// waitingState is the state of a text that nobody has reviewed.
func waitingState(text string) survey.RemarkState {
	if len(privacy.Doubts(text)) > 0 {
		return survey.RemarkUnsure
	}
	return survey.RemarkNew
}

// remarkOf returns the remark in the request's path; what is no id is not found.
func (s *Server) remarkOf(c *fiber.Ctx) (*store.Remark, error) {
	id, err := uuid.Parse(c.Params("remark"))
	if err != nil || id.String() != c.Params("remark") {
		return nil, fmt.Errorf("remark %q: %w", c.Params("remark"), survey.ErrNotFound)
	}
	return s.scopeOf(c).Remark(c.UserContext(), id.String())
}

// remarkAfter is the address of the queue after an action, at the card where the work goes on.
func remarkAfter(form survey.Values, done, id, next string) string {
	address := readRemarkChoice(form.Get).Link("zrobiono", done, "uwaga", id)
	if _, err := uuid.Parse(next); err == nil {
		address += "#u-" + next
	}
	return address
}

// redactRemark replaces the chosen words by a token. Nothing keeps what they were.
func (s *Server) redactRemark(c *fiber.Ctx, form survey.Values, r *store.Remark) error {
	var chosen []int
	for _, typed := range form["word"] {
		if i, err := strconv.Atoi(typed); err == nil {
			chosen = append(chosen, i)
		}
	}
	cover := privacy.Cover(form.Get("cover"))
	note := ""
	if !slices.Contains(privacy.Covers(), cover) {
		cover, note = "", "Prosimy wybrać z listy, czym są ukrywane słowa."
	}
	text, hidden := privacy.Hide(r.Text, chosen, cover)
	if hidden == 0 {
		note = "Prosimy zaznaczyć słowa, które mają zniknąć."
	}
	if note != "" {
		return s.redrawRemark(c, form, *r, chosen, note)
	}
	state := r.State
	if state.Waiting() {
		state = waitingState(text)
	}
	err := s.scopeOf(c).RedactRemark(c.UserContext(), store.Redaction{Remark: r, Text: text, State: state, Kind: string(cover), Hidden: hidden}, s.actor(c))
	if errors.Is(err, survey.ErrConflict) {
		return s.nowConflict(c, form)
	}
	if err != nil {
		return err
	}
	return c.Redirect(remarkAfter(form, "ukryto", r.ID, r.ID), fiber.StatusSeeOther)
}

// redrawRemark draws the queue again with the choice of words as it was sent.
func (s *Server) redrawRemark(c *fiber.Ctx, form survey.Values, r store.Remark, chosen []int, note string) error {
	card := newRemarkCard(r)
	card.Open, card.Note, card.Cover = true, note, privacy.Cover(form.Get("cover"))
	for i := range card.Words {
		card.Words[i].On = slices.Contains(chosen, i)
	}
	c.Status(fiber.StatusUnprocessableEntity)
	return s.drawRemarks(c, remarksPage{Choice: readRemarkChoice(form.Get), Fault: "Nic jeszcze nie ukryto. " + note, Faulted: &card})
}

// nowConflict tells of a remark that changed between our look at it and the action.
func (s *Server) nowConflict(c *fiber.Ctx, form survey.Values) error {
	r, err := s.remarkOf(c)
	if err != nil {
		return err
	}
	return s.tellConflict(c, form, *r)
}

// tellConflict says what somebody else did with the remark meanwhile, and shows it as it is now.
func (s *Server) tellConflict(c *fiber.Ctx, form survey.Values, r store.Remark) error {
	c.Status(fiber.StatusConflict)
	card := newRemarkCard(r)
	what := "Uwaga zmieniła się w międzyczasie"
	who := r.ReviewedBy
	switch {
	case r.State == survey.RemarkApproved && form.Get("state") != string(r.State):
		what = "Tę uwagę w międzyczasie zatwierdzono"
	case r.State == survey.RemarkWithheld && form.Get("state") != string(r.State):
		what = "Tę uwagę w międzyczasie wstrzymano"
	case r.Redacted && seenText(r.Text) != form.Get("seen"):
		what = "W tej uwadze w międzyczasie ukryto słowa"
	case form.Get("state") != string(r.State):
		what = "Decyzję o tej uwadze w międzyczasie cofnięto"
	}
	if who != "" {
		what += " (" + who + ")"
	}
	return s.drawRemarks(c, remarksPage{Choice: readRemarkChoice(form.Get), Fault: what + ". Niczego nie zmieniono – prosimy spojrzeć na nią jeszcze raz.", Faulted: &card})
}

// tellDone words what the address says was just done, and what of it can be taken back.
func (s *Server) tellDone(c *fiber.Ctx, p *remarksPage) error {
	switch c.Query("zrobiono") {
	case "razem":
		n, err := strconv.Atoi(c.Query("ile"))
		if err == nil && n >= 0 {
			p.Done = "Zatwierdzono razem: " + countPL(n, "uwaga", "uwagi", "uwag") + "."
		}
		return nil
	case "cofnieto":
		p.Done = "Cofnięto. Uwaga znów czeka na przejrzenie."
		return nil
	case "ukryto":
		p.Done = "Ukryto. Poprzedniej treści nie ma już w bazie. Uwagę można teraz zatwierdzić."
		return nil
	}
	done := map[string]survey.RemarkState{"zatwierdzono": survey.RemarkApproved, "wstrzymano": survey.RemarkWithheld}
	state, ok := done[c.Query("zrobiono")]
	if !ok {
		return nil
	}
	id, err := uuid.Parse(c.Query("uwaga"))
	if err != nil {
		return nil // told without a remark to undo, there is nothing to tell
	}
	r, err := s.scopeOf(c).Remark(c.UserContext(), id.String())
	if errors.Is(err, survey.ErrNotFound) || err == nil && r.State != state {
		return nil // another one was faster
	}
	if err != nil {
		return err
	}
	card := newRemarkCard(*r)
	p.Done, p.Undo = map[survey.RemarkState]string{survey.RemarkApproved: "Zatwierdzono uwagę.", survey.RemarkWithheld: "Wstrzymano uwagę."}[state], &card
	return nil
}

// statePL names a remark's state.
func statePL(state survey.RemarkState) string {
	return map[survey.RemarkState]string{survey.RemarkNew: "nowa", survey.RemarkUnsure: "niepewna", survey.RemarkApproved: "zatwierdzona", survey.RemarkWithheld: "wstrzymana"}[state]
}

// whyPL says what a stretch of a remark may be.
func whyPL(reason privacy.Reason) string {
	return map[privacy.Reason]string{
		privacy.PerhapsName: "może być nazwisko", privacy.PerhapsPESEL: "może być PESEL z pomyłką", privacy.PerhapsAccount: "może być numer konta z pomyłką",
		privacy.PerhapsIdentityCard: "może być numer dowodu z pomyłką", privacy.PerhapsPhone: "może być telefon z pomyłką", privacy.PerhapsAddress: "może być adres",
		privacy.PerhapsCaseSign: "znak sprawy", privacy.PerhapsPlot: "numer działki", privacy.PerhapsRoom: "pokój wskazuje osobę",
	}[reason]
}

// coverPL says what a cover stands for.
func coverPL(cover privacy.Cover) string {
	return map[privacy.Cover]string{privacy.CoverName: "nazwisko lub imię", privacy.CoverAddress: "adres", privacy.CoverNumber: "numer lub znak sprawy",
		privacy.CoverOther: "coś innego"}[cover]
}
