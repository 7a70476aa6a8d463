package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"ocenaurzedu.eu/pkg/omr"
	"ocenaurzedu.eu/pkg/raster"
	"ocenaurzedu.eu/pkg/synth"
)

// omrCommand measures the reading of marks: sheets that people of two kinds fill in, brought back in all classes of
// pkg/synth. The pages of a class are filled in by cooperative and by nasty people in turns.
type omrCommand struct {
	Pages   int      `default:"300" help:"How many pages of each class there are."`
	Class   []string `help:"Only these classes of pkg/synth, and foreign or speed."`
	Seed    uint64   `default:"20261126" help:"Of the pages: the same seed makes the same pages."`
	Save    string   `type:"path" help:"A directory for pages that were read wrongly, with their boxes outlined."`
	Flagged bool     `help:"Save pages with flagged questions of cooperative people too."`
	Readers int      `help:"How many pages are read at once; 0 for one a core."`
	Detail  bool     `help:"Tell of each kind of mark and oddity how it was read."`
}

// Run prints each bar of the specification, a class a line.
func (c *omrCommand) Run(b *bench) error {
	if c.Readers < 1 {
		c.Readers = runtime.NumCPU()
	}
	p, err := newPrints(b.ctx)
	if err != nil {
		return err
	}
	if c.Save != "" {
		if err := os.MkdirAll(c.Save, 0o750); err != nil {
			return err
		}
	}
	fmt.Printf("%d pages a class, seed %d, of %d printed pages of %d forms\n\n%s", c.Pages, c.Seed, len(p.pages), len(p.layouts), scoreHead)
	var missed []string
	for _, class := range synth.Classes() {
		if !c.wants(class.Name) {
			continue
		}
		s, err := c.class(b.ctx, p, class)
		if err != nil {
			return err
		}
		fmt.Println(s.line())
		if c.Detail {
			fmt.Print(s.detail())
		}
		if !class.Beyond {
			missed = append(missed, s.misses()...)
		}
	}
	if c.wants("foreign") {
		accepted, err := c.foreign(b.ctx, p)
		if err != nil {
			return err
		}
		missed = append(missed, accepted...)
	}
	if c.wants("speed") {
		late, err := c.speed(b, p)
		if err != nil {
			return err
		}
		missed = append(missed, late...)
	}
	if len(missed) == 0 {
		fmt.Println("\nAll bars that were measured hold.")
		return nil
	}
	fmt.Println("\nBars that do not hold:\n- " + strings.Join(missed, "\n- "))
	return nil
}

func (c *omrCommand) wants(class string) bool {
	return len(c.Class) == 0 || slices.Contains(c.Class, class)
}

// class makes and reads the pages of a class.
func (c *omrCommand) class(ctx context.Context, p *prints, class synth.Class) (*score, error) {
	results := make([]result, c.Pages)
	err := c.each(ctx, func(n int) error {
		r := synth.Rand(c.Seed, class.Name, n)
		print, err := p.pages[r.IntN(len(p.pages))].WithSerial(r.Uint32())
		if err != nil {
			return err
		}
		page, err := class.Make(print, n%2 == 1, r)
		if err != nil {
			return err
		}
		read, err := p.read(page.File)
		if err != nil {
			return err
		}
		results[n] = judge(&page.Truth, &read)
		if c.Save != "" && (results[n].fails() || c.Flagged && results[n].doubted()) {
			return c.save(fmt.Sprintf("%s-%04d", class.Name, n), page, &read, results[n])
		}
		return nil
	})
	s := newScore(class)
	for _, one := range results {
		s.add(one)
	}
	return s, err
}

// each calls f for the number of each page, several at once.
func (c *omrCommand) each(ctx context.Context, f func(n int) error) error {
	var next atomic.Int64
	errs := make([]error, c.Readers)
	var all sync.WaitGroup
	for w := range errs {
		all.Go(func() {
			for n := int(next.Add(1)) - 1; n < c.Pages && errs[w] == nil && ctx.Err() == nil; n = int(next.Add(1)) - 1 {
				errs[w] = f(n)
			}
		})
	}
	all.Wait()
	return errors.Join(append(errs, ctx.Err())...)
}

// foreign brings pages that must not be accepted, as grey scans, as black and white ones and as photos, and counts those that were.
func (c *omrCommand) foreign(ctx context.Context, p *prints) ([]string, error) {
	fmt.Println("\n| foreign page | pages | accepted | states |\n|---|---|---|---|")
	var missed []string
	for _, kind := range foreigners() {
		states, accepted := make([]string, c.Pages), make([]bool, c.Pages)
		err := c.each(ctx, func(n int) error {
			r := synth.Rand(c.Seed, "foreign "+kind.kind, n)
			print, err := kind.make(p, p.pages[r.IntN(len(p.pages))], n)
			if err != nil {
				return err
			}
			class, _ := synth.ClassOf([]string{"grey", "bw-global", "grey", "bw-adaptive", "grey", "photo"}[n%6])
			page, err := class.Make(print, n%2 == 1, r)
			if err != nil {
				return err
			}
			read, err := p.read(page.File)
			if err != nil {
				return err
			}
			states[n] = strings.TrimSpace(string(read.State) + " " + string(read.Reason))
			accepted[n] = read.State == omr.Done || read.State == omr.NeedsCheck
			if accepted[n] && c.Save != "" {
				return c.save(fmt.Sprintf("foreign-%s-%04d", strings.ReplaceAll(kind.kind, " ", "-"), n), page, &read, result{foreign: true})
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		n := 0
		for _, a := range accepted {
			if a {
				n++
			}
		}
		if n > 0 {
			missed = append(missed, fmt.Sprintf("%s: %d of %d accepted", kind.kind, n, c.Pages))
		}
		fmt.Printf("| %s | %d | %d | %s |\n", kind.kind, c.Pages, n, counted(states))
	}
	return missed, nil
}

// counted lists words with how often they stand.
func counted(words []string) string {
	counts := map[string]int{}
	for _, w := range words {
		counts[w]++
	}
	var all []string
	for w, n := range counts {
		all = append(all, fmt.Sprintf("%s %d", w, n))
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

// read decodes a file as the product does, and reads it.
func (p *prints) read(file []byte) (omr.Page, error) {
	img, err := decode(file)
	if err != nil {
		return omr.Page{}, err
	}
	return omr.Read(img.Gray, p.find, omr.Hints{Bilevel: img.Bilevel}), nil
}

// decode makes a grey picture of a file of one page.
func decode(file []byte) (raster.Image, error) {
	decoder := raster.NewDecoder("") // holds nothing unless it opens a PDF
	opened, err := decoder.Open(file)
	if err != nil {
		return raster.Image{}, err
	}
	defer opened.Close()
	return opened.Page(1)
}
