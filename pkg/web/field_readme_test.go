package web

import (
	"errors"
	"os"
	"regexp"
	"strings"
	"testing"

	"ocenaurzedu.eu/pkg/survey"
)

// What README says that the editor says of a file is what it says.
func TestReadmeTellsHowTheEditorRefuses(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(readme), "\n## Questionnaires in YAML\n")
	example := regexp.MustCompile(`(?m)^    `).ReplaceAllString(regexp.MustCompile(`(?m)(^    .*\n)+`).FindString(section), "")
	var refused *survey.FileError
	if _, err := survey.ParseDraft("ankieta.yaml", []byte(strings.Replace(example, "kind: yesno", "knd: yesno", 1))); !errors.As(err, &refused) {
		t.Fatalf("ParseDraft = %v, want a *FileError", err)
	}
	if said := `"` + words(fileErrorPL(refused)) + `"`; !strings.Contains(section, said) {
		t.Errorf("the editor says %s, which README does not tell", said)
	}
}
