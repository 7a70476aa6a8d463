package web

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"ocenaurzedu.eu/pkg/auth"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// editAt opens the editor at an address, at a desk.
func editAt(t *testing.T, p *person, path string) *keyboard {
	t.Helper()
	k := sitDown(t, p, path)
	k.do(chromedp.EmulateViewport(1280, 900))
	k.wait(`document.querySelector("#edytor.live") !== null`)
	return k
}

// order lists the keys of the draft's questions.
func (h *harness) order(slug string) string {
	h.t.Helper()
	var keys []string
	for _, q := range h.draft(slug).Questionnaire.Questions() {
		keys = append(keys, q.Key)
	}
	return strings.Join(keys, " ")
}

// drag moves the mouse, pressed, from one thing to the upper edge of another.
func (k *keyboard) drag(from, to string) {
	k.t.Helper()
	at := func(selector string, part float64) (x, y float64) {
		k.do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`document.querySelector(%q).scrollIntoView({block: "center"}), undefined`, from)))
		_, err := fmt.Sscan(k.read(fmt.Sprintf(`(({x, y, width, height}) => (x + width / 2) + " " + (y + height * %g))(document.querySelector(%q).getBoundingClientRect())`, part, selector)), &x, &y)
		if err != nil {
			k.t.Fatal(err)
		}
		return x, y
	}
	mouse := func(kind input.DispatchMouseEventType, x, y float64, buttons int64) {
		k.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
			_, err := cdp.Call(ctx, target, input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: kind, X: x, Y: y, Button: input.MouseButtonLeft, Buttons: buttons, ClickCount: 1})
			return err
		}))
	}
	x, y := at(from, .5)
	_, toY := at(to, .1)
	mouse("mousePressed", x, y, 1)
	for i := range 8 {
		mouse("mouseMoved", x, y+(toY-y)*float64(i+1)/8, 1)
	}
	mouse("mouseReleased", x, toY, 0)
}

// Questions and lines are moved by keys, which tell where they are, and by the mouse; what was done is taken back.
func TestEditorMoves(t *testing.T) {
	h := start(t)
	k := editAt(t, h.logIn("osielsko", store.RoleAdministrator), "/panel/ankieta")
	before := h.order("osielsko")
	k.reach(`#h-matter`)
	k.do(chromedp.KeyEvent(kb.ArrowUp))
	k.wait(`document.getElementById("powiedziano").textContent.replaceAll("\u00a0", " ") === "Pytanie „Czego dotyczyła sprawa?” jest teraz na miejscu 1 z 13, w sekcji „Sprawa w urzędzie”."`)
	k.wait(`document.activeElement.id === "h-matter"`)
	if got := h.order("osielsko"); !strings.HasPrefix(got, "matter department ") {
		t.Errorf("after an arrow up: %s", got)
	}
	k.drag(`#h-overall`, `#p-department`)
	k.wait(`document.querySelector(".ed-questions").children[1].dataset.key === "overall" && document.getElementById("powiedziano").textContent.includes("na miejscu 2")`)
	if got := h.order("osielsko"); !strings.HasPrefix(got, "matter overall department ") {
		t.Errorf("after dragging over a section's border: %s", got)
	}
	for _, want := range []string{"matter department ", before} {
		k.enter(`#cofnij`, true)
		k.wait(`document.getElementById("powiedziano").textContent.startsWith("Cofnięto")`)
		k.wait(fmt.Sprintf(`[...document.querySelectorAll(".ed-question")].map((e) => e.dataset.key).join(" ").startsWith(%q)`, want))
	}
	if got := h.order("osielsko"); got != before {
		t.Errorf("after taking both back: %s", got)
	}

	k.visit("/panel/ankieta?p=improve")
	k.wait(`document.querySelector("#edytor.live") !== null`)
	options := func() string { return h.draft("osielsko").Questionnaire.Question("improve").Options[0].Key }
	was := options()
	k.reach(`[data-list=options] > :nth-child(2) .ed-handle`)
	k.do(chromedp.KeyEvent(kb.ArrowUp))
	k.wait(`document.getElementById("powiedziano").textContent.endsWith("miejsce 1 z 10.") && document.activeElement.matches("[data-list=options] > :first-child .ed-handle")`)
	k.settled()
	if options() == was {
		t.Error("the moved line was not saved")
	}
	k.drag(`[data-list=options] > :nth-child(2) .ed-handle`, `[data-list=options] > :first-child`)
	k.settled()
	if options() != was {
		t.Errorf("after dragging it back the first option is %s, want %s", options(), was)
	}
}

// A list pasted into an answer becomes answers; too many are refused in words, and none is lost on the way.
func TestEditorPastesLists(t *testing.T) {
	h := start(t)
	k := editAt(t, h.logIn("osielsko", store.RoleAdministrator), "/panel/ankieta?p=contact")
	paste := func(text string) {
		k.reach(`[data-list=options] > :last-child textarea`)
		k.do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`(() => { const data = new DataTransfer(); data.setData("text/plain", %q);
			document.activeElement.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true})); })()`, text)))
	}
	k.enter(`[data-plus=options]`)
	paste("• Wideorozmowa\n• Faks\n\n- Tłumacz języka migowego\n")
	k.settled()
	var labels []string
	for _, o := range h.draft("osielsko").Questionnaire.Question("contact").Options[5:] {
		labels = append(labels, o.Label.PL)
	}
	if got := strings.Join(labels, ", "); got != "Wideorozmowa, Faks, Tłumacz języka migowego" {
		t.Errorf("pasted: %s", got)
	}
	k.enter(`[data-plus=options]`)
	paste(strings.Repeat("Odpowiedź\n", 70))
	k.wait(`document.querySelector("[data-list=options]").children.length === 60 && document.body.innerText.includes("Może tu być najwyżej 60 pozycji.")`)
}

// What is typed while the service is away stays, and is saved once it is back; who is logged out logs in beside it.
func TestEditorSurvivesOutages(t *testing.T) {
	h, pg := startFragile(t)
	p := h.logIn("osielsko", store.RoleAdministrator)
	k := editAt(t, p, "/panel/ankieta?p=settled")
	if err := pg.StopImmediate(); err != nil {
		t.Fatal(err)
	}
	k.fill("label", "Czy udało się załatwić sprawę?")
	k.wait(`document.getElementById("stan").textContent.startsWith("Nie zapisano – brak połączenia")`)
	if err := pg.Restart(context.Background()); err != nil {
		t.Fatal(err)
	}
	k.settled()
	if got := h.draft("osielsko").Questionnaire.Question("settled").Label.PL; got != "Czy udało się załatwić sprawę?" {
		t.Errorf("after the outage the label is %q", got)
	}

	if _, err := h.owner.Exec(`DELETE FROM sessions`); err != nil {
		t.Fatal(err)
	}
	k.fill("label", "Czy sprawa jest już załatwiona?")
	k.wait(`document.body.innerText.includes("Sesja wygasła.") && document.getElementById("label").value === "Czy sprawa jest już załatwiona?"`)
	p.resume()
	k.logBrowserIn()
	k.do(chromedp.Click(button("Spróbuj jeszcze raz")))
	k.settled()
	if got := h.draft("osielsko").Questionnaire.Question("settled").Label.PL; got != "Czy sprawa jest już załatwiona?" {
		t.Errorf("after a new log-in the label is %q", got)
	}
}

// resume gives the person a new session.
func (p *person) resume() {
	p.t.Helper()
	ctx, scope, now := context.Background(), p.scope(p.slug), p.clock.now()
	_, half := auth.NewToken()
	token, full := auth.NewToken()
	id := int64(p.count(`SELECT id FROM accounts WHERE login = $1`, p.login))
	if err := scope.StartSession(ctx, half, id, now); err != nil {
		p.t.Fatal(err)
	}
	if err := scope.FinishSession(ctx, half, full, id, store.SecondFactor{Step: 2}, now); err != nil {
		p.t.Fatal(err)
	}
	p.cookie.Value, p.hash = token, full
}

// Two people edit at once: each sees what the other one did, and nobody's work is overwritten.
func TestTwoEditorsInTheBrowser(t *testing.T) {
	h := start(t)
	anna, jan := h.logIn("osielsko", store.RoleAdministrator), h.logIn("osielsko", store.RoleAdministrator)
	k := editAt(t, anna, "/panel/ankieta?p=settled")
	label := func(key string) string { return h.draft("osielsko").Questionnaire.Question(key).Label.PL }
	set := func(key, text string) func(*survey.Questionnaire) {
		return func(q *survey.Questionnaire) { q.Question(key).Label.PL = text }
	}
	jan.change("question", "overall", set("overall", "Jaki jest nasz urząd?"))
	k.fill("label", "Czy sprawa jest załatwiona?")
	k.wait(`document.getElementById("uwagi").innerText.includes("W\u00a0tym czasie zmieniono też")`)
	k.see(jan.login, "Jaki jest nasz urząd?")
	if label("settled") != "Czy sprawa jest załatwiona?" || label("overall") != "Jaki jest nasz urząd?" {
		t.Errorf("labels %q, %q: somebody's work is lost", label("settled"), label("overall"))
	}
	h.advance(time.Minute)
	jan.change("question", "settled", set("settled", "Czy pomogliśmy?"))
	k.fill("label", "Czy sprawa jest zakończona?")
	k.wait(`document.activeElement.id === "konflikt"`)
	k.see("Nie zapisano: ktoś zmienił to samo", jan.login)
	if label("settled") != "Czy pomogliśmy?" || k.read(`document.getElementById("label").value`) != "Czy sprawa jest zakończona?" {
		t.Errorf("stored %q, typed %q", label("settled"), k.read(`document.getElementById("label").value`))
	}
	k.do(chromedp.Click(button("Zapisz to, co jest w formularzu")))
	k.settled()
	if label("settled") != "Czy sprawa jest zakończona?" {
		t.Errorf("after the person's decision the label is %q", label("settled"))
	}
}

// Whatever is chosen in a form, the focus stays where the person goes on, and a scale turned round counts as before.
func TestEditorKeepsItsPlace(t *testing.T) {
	h := start(t)
	k := editAt(t, h.logIn("osielsko", store.RoleAdministrator), "/panel/ankieta?p=settled")
	at := func(selector string) {
		t.Helper()
		k.wait(fmt.Sprintf(`document.activeElement.matches(%q)`, selector))
	}
	k.enter(`#rodzaj > summary`)
	k.enter(`[name=kind][value=scale]`)
	k.wait(`document.querySelector("[data-list=scale]") !== null`)
	at(`#rodzaj > summary`)
	k.enter(`#gotowe > summary`)
	k.enter(`[name=preset][value=agree4]`)
	k.wait(`document.querySelectorAll("[data-list=scale] > li").length === 4`)
	at(`#gotowe > summary`)
	k.enter(`[data-flip=scale]`)
	k.settled()
	scale := h.draft("osielsko").Questionnaire.Question("settled").Scale
	if first := scale.Points[0].Label; !scale.BestFirst || first.PL != "zdecydowanie tak" || first.EN != "definitely yes" || first.UK == "" {
		t.Errorf("the scale turned round: best first %t, from %+v", scale.BestFirst, first)
	}
	k.reach(`[id="rule.mode"]`)
	k.do(chromedp.KeyEvent(kb.ArrowDown))
	k.wait(`document.querySelector(".ed-condition") !== null && document.activeElement.id === "rule.mode"`)
	k.enter(`.ed-condition [name="rule.remove"]`)
	k.wait(`document.querySelector(".ed-condition") === null`)
	at(`[id="rule.mode"]`)
	k.enter(`#pomin > summary`)
	k.enter(`[id="jump.add"]`)
	k.wait(`document.getElementById("powiedziano").textContent === "Prosimy najpierw zaznaczyć odpowiedź."`)
	at(`[name="jump.is"]`)
	k.do(chromedp.KeyEvent(" "))
	k.enter(`[id="jump.add"]`)
	k.wait(`document.querySelector(".ed-depend") !== null`)
	at(`#pomin > summary`)
	k.enter(`.ed-acts-more a[data-go]`)
	k.wait(`document.getElementById("formularz") === null`)
	at(`#o-settled`)
	k.enter(`#o-settled`)
	k.wait(`document.getElementById("formularz") !== null`)
	k.enter(`#usun`)
	k.wait(`document.getElementById("powiedziano").textContent.startsWith("Usunięto pytanie")`)
	at(`#o-quality`)
}
