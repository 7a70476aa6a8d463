package report

import (
	_ "embed" // the schema
	"encoding/json"
	"fmt"
	"io"
	"time"

	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/survey"
)

// jsonDocument is the JSON form of a Document. Schema names the form; it changes when a field's meaning
// does. Shares are 0 to 1, means are in the scale's own scores, CSI is 0 to 100, days are yyyy-mm-dd, moments RFC 3339.
// Withheld figures have "suppressed": true or "ok": false and carry zeros, never the number.
type jsonDocument struct {
	Schema        string            `json:"schema"`
	Title         string            `json:"title"`
	Number        int               `json:"number,omitempty"`
	Sample        bool              `json:"sample"`
	GeneratedAt   time.Time         `json:"generated_at"`
	GeneratedBy   string            `json:"generated_by"`
	Address       string            `json:"address"`
	Slug          string            `json:"slug"`
	Office        survey.Office     `json:"office"`
	Period        jsonPeriod        `json:"period"`
	ServicePoints map[string]string `json:"service_points"` // key of a group in summary.service_points → name
	Summary       *stats.Summary    `json:"summary"`

	Comparison *stats.Comparison `json:"comparison,omitempty"` // with an earlier report
	Crosses    []stats.Cross     `json:"crosses"`
	Actions    []jsonAction      `json:"actions"` // the register of corrective actions when the report was made
	Peers      *Peers            `json:"peers,omitempty"`
	Case       CaseRecord        `json:"case"`
}

// jsonAction is a line of the register of corrective actions.
type jsonAction struct {
	Number     int                 `json:"number"`
	Report     int                 `json:"report,omitempty"` // number of the report that it was found in
	Finding    string              `json:"finding"`
	Cause      string              `json:"cause"`
	Action     string              `json:"action"`
	Owner      string              `json:"owner"`
	Department string              `json:"department"`
	Due        survey.Day          `json:"due"`
	Status     survey.ActionStatus `json:"status"`
	Check      string              `json:"check"` // how the effect is checked
	Measure    survey.Measure      `json:"measure"`
	SignedBy   string              `json:"signed_by,omitempty"` // supervisor who signed it off
}

// jsonPeriod is the period reported on, both days included.
type jsonPeriod struct {
	From survey.Day `json:"from"`
	To   survey.Day `json:"to"`
}

// JSONSchema names the form of the JSON that Document.JSON writes; each office serves it under /schema/raport-2.json.
const JSONSchema = "https://ocenaurzedu.eu/schema/raport-2.json"

//go:embed raport-2.json
var schemaJSON []byte

// Schema is the JSON Schema of what Document.JSON writes, made of the types and their comments.
func Schema() []byte { return schemaJSON }

// JSON writes the document as one JSON object; see jsonDocument for its fields.
func (d *Document) JSON(w io.Writer) error {
	if err := d.check(); err != nil {
		return err
	}
	f := d.Summary.Filter
	out := jsonDocument{
		Schema: JSONSchema, Title: d.title(), Number: d.Number, Sample: d.Sample, GeneratedAt: d.GeneratedAt, GeneratedBy: d.GeneratedBy,
		Address: d.Address, Slug: d.Slug, Office: d.Office, Period: jsonPeriod{f.From, f.To}, ServicePoints: d.ServicePoints, Summary: d.Summary,
		Comparison: d.Comparison, Crosses: d.Crosses, Peers: d.Peers, Case: d.Case,
	}
	for _, a := range d.Actions {
		out.Actions = append(out.Actions, jsonAction{a.Number, a.Report, a.Finding, a.Cause, a.Action, a.Owner, a.Department, a.Due, a.Status, a.Check, a.Measure, a.SignedBy})
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(out); err != nil {
		return fmt.Errorf("report as JSON: %w", err)
	}
	return nil
}
