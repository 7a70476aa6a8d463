package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/go-pdf/fpdf"

	"ocenaurzedu.eu/pkg/omr"
	"ocenaurzedu.eu/pkg/raster"
	"ocenaurzedu.eu/pkg/synth"
)

// bound makes one PDF of scans, as a scanner with a feeder does: a picture a page.
func bound(scans []*synth.Page) ([]byte, error) {
	pdf := fpdf.New("P", "mm", "A4", "")
	pdf.SetAutoPageBreak(false, 0)
	for i, page := range scans {
		name := fmt.Sprint(i)
		info := pdf.RegisterImageOptionsReader(name, fpdf.ImageOptions{ImageType: "JPG"}, bytes.NewReader(page.File))
		if pdf.Err() {
			return nil, fmt.Errorf("binding scans: %w", pdf.Error())
		}
		w, h := info.Width()/page.DPI*72, info.Height()/page.DPI*72 // fpdf takes 72 dots for an inch
		pdf.AddPageFormat("P", fpdf.SizeType{Wd: w, Ht: h})
		pdf.ImageOptions(name, 0, 0, w, h, false, fpdf.ImageOptions{ImageType: "JPG"}, 0, "")
	}
	var out bytes.Buffer
	if err := pdf.Output(&out); err != nil {
		return nil, fmt.Errorf("binding scans: %w", err)
	}
	return out.Bytes(), nil
}

// cache is where PDFium's compiled code is kept while the bench runs, so that its compilation isn't measured as a page.
func cache() (string, func(), error) {
	dir, err := os.MkdirTemp("", "ocenaurzedu-pdfium-")
	return dir, func() { _ = os.RemoveAll(dir) }, err
}

// rendering renders the pages of a PDF, on one thread.
func rendering(pdf []byte, pages int) ([]string, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	dir, remove, err := cache()
	if err != nil {
		return nil, err
	}
	defer remove()
	decoder := raster.NewDecoder(dir)
	defer decoder.Close()
	file, err := decoder.Open(pdf)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if file.Pages != pages {
		return nil, fmt.Errorf("a PDF of %d scans has %d pages", pages, file.Pages)
	}
	var took []time.Duration
	for n := 1; n <= file.Pages; n++ {
		began := threadTime()
		if _, err := file.Page(n); err != nil {
			return nil, err
		}
		took = append(took, threadTime()-began)
	}
	fmt.Printf("| rendering a page of a PDF | %.1f |\n", milliseconds(median(took)))
	return over([]limit{{"rendering a page of a PDF", milliseconds(median(took)), mostPerRender, "ms"}}), nil
}

// work has the PDF read by the service's worker process, twice, and tells the most memory that it took.
func work(b *bench, p *prints, pdf []byte) ([]string, error) {
	dir, remove, err := cache()
	if err != nil {
		return nil, err
	}
	defer remove()
	reader := raster.NewReader(raster.Options{Command: []string{b.Service, "scan-worker", "--cache=" + dir}})
	defer reader.Close()
	job := raster.Job{Data: pdf}
	for at, layout := range p.layouts {
		job.Layouts = append(job.Layouts, raster.Layout{Tenant: printTenant, Version: at.version, Format: at.format, Layout: layout})
	}
	var pages, good int
	var took time.Duration
	for range 2 { // the first time it compiles
		began := time.Now()
		pages, good, err = readAll(b.ctx, reader, job)
		if err != nil {
			return nil, err
		}
		took = time.Since(began)
	}
	most := largestChild()
	fmt.Printf("| by a worker process, decoding, reading and a picture for the screen (elapsed time) | %.1f |\n| pages that it read | %d of %d |\n| most memory that it had | %.0f MB |\n",
		milliseconds(took)/float64(max(pages, 1)), good, pages, most)
	return over([]limit{{"memory of a worker", most, mostOfWorker, "MB"}, {"pages that a worker didn't read", float64(pages - good), 0, ""}}), nil
}

// readAll reads a job's pages.
func readAll(ctx context.Context, reader *raster.Reader, job raster.Job) (pages, good int, err error) {
	job.Pictures = true
	for page, err := range reader.Read(ctx, job) {
		if err != nil {
			return pages, good, err
		}
		pages++
		if page.State == omr.Done || page.State == omr.NeedsCheck {
			good++
		}
	}
	return pages, good, nil
}

// largestChild is the most memory that any process that we started and that still runs has had, in MB.
func largestChild() float64 {
	most := 0.0
	found, _ := filepath.Glob("/proc/[0-9]*/stat") // fails only for a malformed pattern
	for _, path := range found {
		stat, err := os.ReadFile(path)
		_, rest, ok := strings.Cut(string(stat), ") ")
		if f := strings.Fields(rest); err != nil || !ok || len(f) < 2 || f[1] != strconv.Itoa(os.Getpid()) {
			continue
		}
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		if err != nil {
			continue
		}
		if mb, err := highestMemory(pid); err == nil {
			most = max(most, mb)
		}
	}
	return most
}
