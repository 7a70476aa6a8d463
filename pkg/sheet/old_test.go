package sheet

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"

	"ocenaurzedu.eu/pkg/survey"
)

// A sheet that was laid out long ago can still be printed and read: testdata/sheet.json is as the database has kept the
// layout of survey's testdata/version.json. Never write it anew; a later shape gets a file of its own.
func TestOldSheetStaysPrintable(t *testing.T) {
	var kept struct{ Questionnaire survey.Questionnaire }
	var layout Layout
	for name, into := range map[string]any{"../survey/testdata/version.json": &kept, "testdata/sheet.json": &layout} {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(data, into); err != nil {
			t.Fatal(err)
		}
	}
	if err := layout.Check(&kept.Questionnaire); err != nil {
		t.Errorf("Check: %v", err)
	}
	var pdf bytes.Buffer
	version := &survey.Version{ID: 7, Number: 1, Questionnaire: kept.Questionnaire, Layout: survey.NewLayout(&kept.Questionnaire)}
	if err := (Print{Tenant: 1, Office: survey.Office{Name: "Urząd"}, Version: version, Layout: &layout, FirstSerial: 1, Copies: 1}).PDF(&pdf); err != nil || pdf.Len() == 0 {
		t.Errorf("PDF of %d bytes, %v", pdf.Len(), err)
	}
}
