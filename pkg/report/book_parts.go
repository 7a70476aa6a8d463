package report

import (
	"archive/zip"
	"bytes"
	"io"
	"maps"
	"slices"
)

// parts writes the workbook and returns its files by name. Only for workbooks that are small, as all are before rows
// are streamed into them.
func (b *book) parts() (map[string][]byte, error) {
	var file bytes.Buffer
	if err := b.write(&file); err != nil {
		return nil, err
	}
	z, err := zip.NewReader(bytes.NewReader(file.Bytes()), int64(file.Len()))
	if err != nil {
		return nil, err
	}
	parts := map[string][]byte{}
	for _, f := range z.File {
		part, err := f.Open()
		if err != nil {
			return nil, err
		}
		if parts[f.Name], err = io.ReadAll(part); err != nil {
			return nil, err
		}
	}
	return parts, nil
}

// writeParts adds files to a ZIP and ends it.
func writeParts(z *zip.Writer, parts map[string][]byte) error {
	for _, name := range slices.Sorted(maps.Keys(parts)) {
		part, err := z.Create(name)
		if err != nil {
			return err
		}
		if _, err := part.Write(parts[name]); err != nil {
			return err
		}
	}
	return z.Close()
}
