package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"ocenaurzedu.eu/pkg/sheet"
	"ocenaurzedu.eu/pkg/survey"
	"ocenaurzedu.eu/tenants"
)

// sheetCommand prints sheets of a questionnaire that stands in a file. It needs no database and no settings: nobody counts
// its serials, so that what it prints is for trials of printers, scanners and the reading of marks. An office prints in
// its panel.
type sheetCommand struct {
	Tenant        string `required:"" help:"Number of the office in the codes, or slug of one shipped with the program, which has its place in the alphabet for a number."`
	Questionnaire string `default:"default" help:"A shipped questionnaire (default, short, kiosk, importance or call), or the path of a YAML file."`
	Copies        int    `default:"1" help:"How many sheets, each with a serial of its own."`
	Lang          string `default:"pl" enum:"pl,en,uk" help:"pl, en or uk."`
	Print         string `default:"normal" enum:"normal,large" help:"normal, or large: 18 points."`
	Duplex        bool   `help:"A blank back after each sheet of an odd number of pages, so that each begins on a leaf of its own."`
	Layout        string `type:"path" help:"File for the layout as JSON."`
	Output        string `short:"o" required:"" help:"File for the PDF; - is standard output."`
	Version       int64  `default:"1" help:"Number of the version in the codes."`
	Serial        uint32 `default:"1" help:"First serial."`
	Office        string `help:"Name of the office, if it is not a shipped one's."`
}

// printedLayout is what the command writes as layout: where everything stands, and what the codes say.
type printedLayout struct {
	Tenant  int64 `json:"tenant"`
	Version int64 `json:"version"`
	*sheet.Layout
}

// Run writes the PDF and the layout that it was printed from.
func (c *sheetCommand) Run(p *program) error {
	order, err := c.order()
	if err != nil {
		return err
	}
	var pdf bytes.Buffer
	if err := order.PDF(&pdf); err != nil {
		return refusedPrint(err, order.Layout.MaxCopies())
	}
	if c.Layout != "" {
		layout, err := json.Marshal(printedLayout{order.Tenant, order.Version.ID, order.Layout})
		if err != nil {
			return err
		}
		if err := os.WriteFile(c.Layout, append(layout, '\n'), 0o600); err != nil {
			return err
		}
	}
	if c.Output == "-" {
		_, err := p.out.Write(pdf.Bytes())
		return err
	}
	return os.WriteFile(c.Output, pdf.Bytes(), 0o600)
}

// order reads the command line and lays the sheet out.
func (c *sheetCommand) order() (*sheet.Print, error) {
	tenant, office, err := c.office()
	if err != nil {
		return nil, err
	}
	q, err := readQuestionnaire(c.Questionnaire + ".yaml")
	if err != nil {
		q, err = readQuestionnaire(c.Questionnaire)
	}
	if err != nil {
		return nil, err
	}
	if !q.Speaks(c.Lang) {
		return nil, fmt.Errorf("the questionnaire has no language %q", c.Lang)
	}
	layout, err := sheet.Form{Lang: c.Lang, Large: c.Print == "large"}.Layout(q)
	if err != nil {
		return nil, err
	}
	printed := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) // the same order gives the same bytes on any day
	version := &survey.Version{ID: c.Version, Number: int(c.Version), Questionnaire: *q, Layout: survey.NewLayout(q), PublishedAt: printed}
	return &sheet.Print{Office: office, Tenant: tenant, Version: version, Layout: layout, Copies: c.Copies, FirstSerial: c.Serial, Duplex: c.Duplex}, nil
}

// office is the number and the record of the office.
func (c *sheetCommand) office() (int64, survey.Office, error) {
	if n, err := strconv.ParseInt(c.Tenant, 10, 64); err == nil {
		return n, survey.Office{Name: c.Office}, nil
	}
	seeds, err := readSeeds(tenants.Files)
	if err != nil {
		return 0, survey.Office{}, err
	}
	for i, seed := range seeds.offices {
		if seed.Slug != c.Tenant {
			continue
		}
		if c.Office != "" {
			seed.Office.Name = c.Office
		}
		return int64(i + 1), seed.Office, nil
	}
	return 0, survey.Office{}, fmt.Errorf("--tenant=%s is neither a number nor the slug of a shipped office", c.Tenant)
}

// refusedPrint says in an operator's words why nothing was printed; most is how many copies would be.
func refusedPrint(err error, most int) error {
	var bad *survey.InvalidError
	switch {
	case errors.As(err, &bad):
		return fmt.Errorf("--copies must be 1 to %d", most)
	case errors.Is(err, sheet.ErrBadCode):
		return errors.New("--tenant and --version must be 1 or more, and fit into a code")
	}
	return err
}
