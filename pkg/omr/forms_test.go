package omr

import (
	"image"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"ocenaurzedu.eu/pkg/sheet"
	"ocenaurzedu.eu/pkg/survey"
)

// TestEachFormIsRead reads a page of each language, in normal and in large print, whose boxes are larger.
func TestEachFormIsRead(t *testing.T) {
	path := filepath.Join("..", "..", "tenants", "questionnaires", "default.yaml")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	q, err := survey.ParseQuestionnaire(path, data)
	if err != nil {
		t.Fatal(err)
	}
	forms := sheet.Forms(q)
	if len(forms) < 6 {
		t.Fatalf("%d forms; want three languages in two sizes", len(forms))
	}
	for n, form := range forms {
		l, err := form.Layout(q)
		if err != nil {
			t.Fatal(err)
		}
		img, truth := filled(t, blank(t, l, 2, 200), "grey", false, n+30)
		page := Read(img, only(l), Hints{})
		if !wasRead(page) || page.Code != truth.Code || len(page.Questions) != len(truth.Questions) {
			t.Errorf("%+v: %s %s, %d questions of %d", form, page.State, page.Reason, len(page.Questions), len(truth.Questions))
			continue
		}
		for i, got := range page.Questions {
			want := truth.Questions[i]
			if !got.Flagged && (want.Flag || !slices.Equal(got.Values, want.Values) && len(got.Values)+len(want.Values) > 0) {
				t.Errorf("%+v: %s %s is %q; meant %q", form, got.Question, got.Row, got.Values, want.Values)
			}
		}
	}
}

// TestTwoSheetsInOneImageAreNotMixed lays two pages side by side: what is read is one of them, as if it were alone.
func TestTwoSheetsInOneImageAreNotMixed(t *testing.T) {
	l := layout(t, "default")
	left, _ := filled(t, blank(t, l, 2, 150), "grey", false, 40)
	right, _ := filled(t, blank(t, l, 1, 150), "grey", false, 41)
	w := left.Rect.Dx() + 40
	both := image.NewGray(image.Rect(0, 0, w+right.Rect.Dx(), max(left.Rect.Dy(), right.Rect.Dy())))
	for i := range both.Pix {
		both.Pix[i] = 120
	}
	for x0, img := range map[int]*image.Gray{0: left, w: right} {
		for y := range img.Rect.Dy() {
			copy(both.Pix[y*both.Stride+x0:], img.Pix[y*img.Stride:][:img.Rect.Dx()])
		}
	}
	page := Read(both, only(l), Hints{})
	alone := Read(map[bool]*image.Gray{true: left, false: right}[page.Code.Page == 2], only(l), Hints{})
	sameAnswers(t, "two sheets", alone, page)
}
