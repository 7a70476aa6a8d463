package scan

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg" // pictures of pages
	_ "image/png"

	"ocenaurzedu.eu/pkg/omr"
	"ocenaurzedu.eu/pkg/sheet"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// reasonCrashed is of a page that ended its reader each time.
const reasonCrashed = "crashed"

// Office is what reading an office's sheets needs: its versions, and the layouts that they were printed from.
type Office struct {
	Tenant   int64
	Layouts  []Layout
	Versions map[int64]*survey.Version
	scope    *store.Scope
}

// OfficeOf reads it.
func OfficeOf(ctx context.Context, scope *store.Scope) (*Office, error) {
	versions, err := scope.VersionContents(ctx)
	if err != nil {
		return nil, err
	}
	layouts, err := scope.SheetLayouts(ctx)
	if err != nil {
		return nil, err
	}
	o := &Office{Tenant: scope.Tenant(), Versions: map[int64]*survey.Version{}, scope: scope}
	for _, v := range versions {
		o.Versions[v.ID] = v
	}
	for _, raw := range layouts {
		var l sheet.Layout
		if err := json.Unmarshal(raw.Layout, &l); err != nil {
			return nil, fmt.Errorf("sheet of version %d: %w", raw.VersionID, err)
		}
		o.Layouts = append(o.Layouts, Layout{Version: raw.VersionID, Format: raw.Format, Layout: &l})
	}
	return o, nil
}

// Layout returns what a code's sheet was printed from, or omr.ErrForeign, omr.ErrUnknown. It is an omr.Lookup.
func (o *Office) Layout(c sheet.Code) (*sheet.Layout, error) {
	if c.Tenant != o.Tenant {
		return nil, omr.ErrForeign
	}
	for _, l := range o.Layouts {
		if l.Version == c.Version && l.Format == formatOf(c) && c.Page >= 1 && c.Page <= len(l.Layout.Pages) {
			return l.Layout, nil
		}
	}
	return nil, omr.ErrUnknown
}

// formatOf returns the letter that a code begins with.
func formatOf(c sheet.Code) string {
	full := c.Encode()
	return full[:min(1, len(full))]
}

// readFile reads what is left of a file.
func (r *Runner) readFile(ctx context.Context, scope *store.Scope, f *store.ScanFile) error {
	office, err := OfficeOf(ctx, scope)
	if err != nil {
		return err
	}
	done, err := scope.CountScanPages(ctx, f.ID, omr.Algorithm)
	if err != nil {
		return err
	}
	if f.GaveUp() {
		lost := Page{Page: omr.Page{State: omr.Unsupported, Reason: reasonCrashed, Algorithm: omr.Algorithm}, Number: done + 1, Of: max(f.Pages, done+1)}
		if err := r.keep(ctx, office, f, lost); err != nil {
			return err
		}
		done++
	}
	last := Page{}
	if f.Pages == 0 || done < f.Pages {
		data, err := content(ctx, scope, f)
		if err != nil {
			return err
		}
		job := Job{Tenant: office.Tenant, Data: data, First: done + 1, Layouts: office.Layouts}
		err = r.Read(ctx, job, func(p Page) error {
			last = p
			return r.keep(ctx, office, f, p)
		})
		if err != nil {
			return err
		}
	}
	f.State = store.FileRead
	if last.Unopened {
		f.State, f.Reason = store.FileFailed, string(last.Reason)
	}
	if err := scope.EndScanFile(ctx, f); err != nil {
		return err
	}
	return r.audit(ctx, scope, f.Batch)
}

// Shares of the blind audit: 2 % of the questions that are not flagged, and some of a small stack too.
const (
	auditShare = 0.02
	auditLeast = 5
)

// audit chooses some questions where the draw of each page left a stack with hardly any.
func (r *Runner) audit(ctx context.Context, scope *store.Scope, batch int64) error {
	err := scope.AuditScan(ctx, batch, auditLeast, store.ScanReasons{Marked: string(omr.DoubtfulMark), Blank: string(omr.BlankBilevel)})
	if errors.Is(err, survey.ErrClosed) {
		return nil
	}
	return err
}

// keep stores a page that was read.
func (r *Runner) keep(ctx context.Context, office *Office, f *store.ScanFile, p Page) error {
	f.Pages = max(f.Pages, p.Of)
	page, err := office.stored(ctx, p)
	if err != nil {
		return err
	}
	if err := office.scope.AddScanPage(ctx, f, page, r.Now().Add(hold)); err != nil {
		return err
	}
	f.Tries = 0
	return nil
}

// stored is a page as it is kept.
func (o *Office) stored(ctx context.Context, p Page) (*store.ScanPage, error) {
	page := &store.ScanPage{Number: p.Number, Algorithm: p.Algorithm, Milliseconds: int(p.Took.Milliseconds()), Picture: p.Picture, Kind: p.Kind}
	if p.State == omr.Done || p.State == omr.NeedsCheck {
		// A serial that the panel gave out belongs to one version; others were printed from the command line.
		printed, err := o.scope.PrintedVersion(ctx, int64(p.Code.Serial))
		if err != nil {
			return nil, err
		}
		if layout, err := o.Layout(p.Code); err != nil || printed != 0 && printed != p.Code.Version {
			p.State, p.Reason = omr.Foreign, omr.OtherSheet
		} else {
			page.VersionID, page.SheetPages, page.SheetPage, page.Serial = p.Code.Version, len(layout.Pages), p.Code.Page, int64(p.Code.Serial)
			page.Questions = questions(&p.Page, layout, o.Versions[p.Code.Version])
		}
	}
	if p.Code != (sheet.Code{}) {
		page.SheetKey = sheetKey(p.Code)
	}
	if p.State == omr.Foreign {
		p.Code = sheet.Code{} // whose it is, is not this office's business
	}
	page.State, page.Reason = string(p.State), string(p.Reason)
	if p.State == omr.NotLocated && p.Reason == omr.NoFiducials && isBlank(p.Picture) {
		page.Settled = store.SettledBlank
	}
	var err error
	if page.Reading, err = json.Marshal(p.Page); err != nil {
		return nil, fmt.Errorf("page %d: %w", p.Number, err)
	}
	return page, nil
}

// sheetKey tells sheets apart without saying whose they are.
func sheetKey(c sheet.Code) []byte {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d/%d/%d", c.Tenant, c.Version, c.Serial))
	return sum[:]
}

// Reread reads a page that was not located once more, with what a person told of it, and keeps that. The page says what
// became of it.
func Reread(ctx context.Context, scope *store.Scope, batch, id int64, hints omr.Hints, by store.Actor) (*store.ScanPage, error) {
	office, err := OfficeOf(ctx, scope)
	if err != nil {
		return nil, err
	}
	before, err := scope.ScanPage(ctx, batch, id)
	if err != nil {
		return nil, err
	}
	picture, _, err := scope.ScanPicture(ctx, batch, id)
	if err != nil {
		return nil, err
	}
	img, err := Picture(picture)
	if err != nil {
		return nil, err
	}
	page, err := office.stored(ctx, Page{Page: omr.Read(img, office.Layout, hints), Number: before.Number})
	if err != nil || page.State == store.PageNotLocated || page.State == store.PageForeign {
		return page, err // nothing is gained: the page stays as it was
	}
	page.ID, page.Batch = id, batch
	return page, scope.RereadScanPage(ctx, page, by)
}

// maxPicture is how many pixels a picture may have: as many as the reader makes, and some.
const maxPicture = 20_000_000

// Picture decodes a page's picture.
func Picture(data []byte) (*image.Gray, error) {
	config, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("picture: %w", err)
	}
	if config.Width*config.Height > maxPicture {
		return nil, fmt.Errorf("picture of %d by %d pixels", config.Width, config.Height)
	}
	img, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("picture: %w", err)
	}
	if grey, ok := img.(*image.Gray); ok {
		return grey, nil
	}
	grey := image.NewGray(img.Bounds())
	for y := grey.Rect.Min.Y; y < grey.Rect.Max.Y; y++ {
		for x := grey.Rect.Min.X; x < grey.Rect.Max.X; x++ {
			grey.Set(x, y, img.At(x, y))
		}
	}
	return grey, nil
}

// A page is blank if, seen in cells of some half a millimetre, next to none is darker than those beside it. The outer
// parts don't count: shadows of edges and holes are there.
const (
	blankCells = 300 // across the page
	blankEdge  = 24  // cells at each side that don't count
	blankStep  = 5   // cells to compare with
	blankTone  = 22  // of 255: darker than paper
	blankShare = 0.0003
)

// isBlank reports whether nothing is on a picture of a page, such as the back of a sheet.
func isBlank(picture []byte) bool {
	img, err := Picture(picture)
	if err != nil {
		return false
	}
	size := max(img.Rect.Dx()/blankCells, 1)
	cols, rows := img.Rect.Dx()/size, img.Rect.Dy()/size
	if cols < 3*blankEdge || rows < 3*blankEdge {
		return false
	}
	cells := make([]int, cols*rows)
	for i := range cells {
		cells[i] = meanOf(img, i%cols*size, i/cols*size, size)
	}
	dark, all := 0, 0
	for y := blankEdge; y < rows-blankEdge; y++ {
		for x := blankEdge; x < cols-blankEdge; x++ {
			around := max(cells[y*cols+x-blankStep], cells[y*cols+x+blankStep], cells[(y-blankStep)*cols+x], cells[(y+blankStep)*cols+x])
			if all++; around-cells[y*cols+x] > blankTone {
				dark++
			}
		}
	}
	return float64(dark) <= blankShare*float64(all)
}

func meanOf(img *image.Gray, x, y, size int) int {
	sum := 0
	for dy := range size {
		row := img.Pix[(y+dy)*img.Stride+x:]
		for dx := range size {
			sum += int(row[dx])
		}
	}
	return sum / (size * size)
}

// Size returns how many pixels a page's picture has.
func Size(picture []byte) (width, height int, err error) {
	config, _, err := image.DecodeConfig(bytes.NewReader(picture))
	if err != nil {
		return 0, 0, fmt.Errorf("picture: %w", err)
	}
	return config.Width, config.Height, nil
}

// PagesOf returns how many pages a version's sheet has at least.
func (o *Office) PagesOf(version int64) int {
	pages := 0
	for _, l := range o.Layouts {
		if n := len(l.Layout.Pages); l.Version == version && (pages == 0 || n < pages) {
			pages = n
		}
	}
	return max(pages, 1)
}
