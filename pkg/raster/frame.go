package raster

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"ocenaurzedu.eu/pkg/omr"
	"ocenaurzedu.eu/pkg/sheet"
)

// The two processes talk in frames: a letter, the length of what follows in four bytes, and that. To the worker go a
// job and the file's bytes; back come what it found when it opened the file, and of each page: that it begins, what
// was read, and its picture. Who reads a frame says how long it may be, as the worker may be in a stranger's hands.
type frameKind byte

const (
	frameReady   frameKind = 'R' // the worker is there; empty
	frameJob     frameKind = 'J' // a request
	frameFile    frameKind = 'F' // the bytes of a file
	frameSet     frameKind = 'S' // the worker has what it needs to open the file; empty
	frameOpened  frameKind = 'O' // an opened
	frameBegun   frameKind = 'B' // the page that is begun, as JSON
	framePage    frameKind = 'P' // a result
	framePicture frameKind = 'I' // the bytes of a picture; empty if there is none
	frameEnd     frameKind = 'E' // the job is done; empty
)

// Bounds of frames.
const (
	maxJob     = 128 << 20 // layouts of all versions of an office
	maxAnswer  = 8 << 20   // a page of some thousand boxes at most
	maxPicture = 16 << 20
	headSize   = 5
)

var errFrame = errors.New("no frame that was to be expected")

// request is a job as it goes to the worker.
type request struct {
	Layouts  []Layout
	First    int
	Every    int
	Last     int
	Pictures bool
	Corners  *[4]omr.Point
	Code     *sheet.Code
}

// opened is what a file turned out to be. A Reason means that there is no page to be read.
type opened struct {
	Kind   Kind
	Pages  int
	Reason omr.Reason
	Detail string
}

// result is a page without its picture.
type result struct {
	Number        int
	Page          omr.Page
	Detail        string
	Width, Height int
	DPI           float64
	PictureType   string
	DecodeNS      int64
	ReadNS        int64
}

// layoutIndex finds the layout of a code among those of a job.
type layoutIndex []Layout

// find is an omr.Lookup.
func (all layoutIndex) find(c sheet.Code) (*sheet.Layout, error) {
	ours := false
	for i := range all {
		l := &all[i]
		if l.Tenant != 0 && l.Tenant != c.Tenant {
			continue
		}
		ours = true
		fits := (l.Version == 0 || l.Version == c.Version) && (l.Format == "" || l.Format == formatOf(c))
		if !fits || c.Page > len(l.Layout.Pages) {
			continue
		}
		if l.Format == "" && l.Layout.Format == "" { // one that fits all has to be of this code's
			layout := *l.Layout
			layout.Format = formatOf(c)
			return &layout, nil
		}
		return l.Layout, nil
	}
	if !ours {
		return nil, omr.ErrForeign
	}
	return nil, omr.ErrUnknown
}

// formatOf is the letter that a code begins with.
func formatOf(c sheet.Code) string {
	full := c.Encode()
	return full[:min(1, len(full))]
}

func writeFrame(w io.Writer, kind frameKind, payload []byte) error {
	var head [headSize]byte
	head[0] = byte(kind)
	binary.BigEndian.PutUint32(head[1:], uint32(len(payload)))
	if _, err := w.Write(head[:]); err != nil {
		return err
	}
	_, err := w.Write(payload)
	return err
}

func writeJSON(w io.Writer, kind frameKind, v any) error {
	payload, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return writeFrame(w, kind, payload)
}

// frame is one that was read.
type frame struct {
	kind    frameKind
	payload []byte
}

// as decodes a frame that has to be of a kind.
func (f frame) as(kind frameKind, v any) error {
	if f.kind != kind {
		return fmt.Errorf("%q instead of %q: %w", f.kind, kind, errFrame)
	}
	if err := json.Unmarshal(f.payload, v); err != nil {
		return fmt.Errorf("frame %q: %w", kind, err)
	}
	return nil
}

// readFrame reads a frame of at most limit bytes, which depends on its kind. A kind with a negative limit is none to be read here.
func readFrame(r io.Reader, limit func(frameKind) int) (frame, error) {
	var head [headSize]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return frame{}, err
	}
	kind, size := frameKind(head[0]), int64(binary.BigEndian.Uint32(head[1:]))
	if most := limit(kind); most < 0 || size > int64(most) {
		return frame{}, fmt.Errorf("%q of %d bytes: %w", kind, size, errFrame)
	}
	payload := make([]byte, size)
	_, err := io.ReadFull(r, payload)
	return frame{kind, payload}, err
}

// toWorker and fromWorker are the limits of both directions.
func toWorker(kind frameKind) int {
	switch kind {
	case frameJob:
		return maxJob
	case frameFile:
		return MaxFile
	}
	return -1
}

func fromWorker(kind frameKind) int {
	switch kind {
	case frameReady, frameSet, frameEnd:
		return 0
	case frameOpened, frameBegun, framePage:
		return maxAnswer
	case framePicture:
		return maxPicture
	}
	return -1
}
