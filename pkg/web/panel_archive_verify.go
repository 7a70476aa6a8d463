package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"ocenaurzedu.eu/pkg/report"
	"ocenaurzedu.eu/pkg/survey"
)

// VerifiedReport is what a second look at an archived report found.
type VerifiedReport struct {
	Tenant   string   `json:"tenant"`
	Number   int      `json:"number"`
	Again    bool     `json:"made_again"` // its files were written again; else another edition of the writers made it, and only the hashes were looked at
	Problems []string `json:"problems"`
}

// VerifyReports looks at each report of an office's archive: whether the stored bytes have the hashes that were stored
// with them, and whether the document that the archive keeps gives the same bytes again.
func (s *Server) VerifyReports(ctx context.Context, tenant *survey.Tenant) ([]VerifiedReport, error) {
	scope := s.Store.Scope(tenant.ID)
	list, err := scope.Reports(ctx)
	if err != nil {
		return nil, err
	}
	all := make([]VerifiedReport, 0, len(list))
	for i := len(list) - 1; i >= 0; i-- { // oldest first
		v, err := s.verifyReport(ctx, tenant, list[i].ID)
		if err != nil {
			return nil, err
		}
		all = append(all, *v)
	}
	return all, nil
}

func (s *Server) verifyReport(ctx context.Context, tenant *survey.Tenant, id int64) (*VerifiedReport, error) {
	r, err := s.Store.Scope(tenant.ID).Report(ctx, id)
	if err != nil {
		return nil, err
	}
	v := &VerifiedReport{Tenant: tenant.Slug, Number: r.Number, Problems: []string{}}
	for _, file := range []struct {
		name       string
		data, hash []byte
	}{{"PDF", r.PDF, r.PDFHash}, {"XLSX", r.XLSX, r.XLSXHash}} {
		if sum := sha256.Sum256(file.data); !bytes.Equal(sum[:], file.hash) {
			v.Problems = append(v.Problems, file.name+" has not the hash that was stored with it")
		}
	}
	var kept archived
	if err := json.Unmarshal(r.Summary, &kept); err != nil {
		v.Problems = append(v.Problems, "its figures can't be read")
		return v, nil
	}
	if v.Again = kept.Document.Edition == report.WritersEdition; !v.Again {
		return v, nil
	}
	d, err := s.Thaw(ctx, tenant, r)
	if errors.Is(err, survey.ErrNotFound) {
		v.Again, v.Problems = false, append(v.Problems, "a version that its figures name is not there")
		return v, nil
	}
	if err != nil {
		return nil, err
	}
	for _, file := range []struct {
		name  string
		data  []byte
		write func(io.Writer) error
	}{{"PDF", r.PDF, d.PDF}, {"XLSX", r.XLSX, d.XLSX}} {
		if again, err := writeAgain(file.write); err != nil {
			v.Problems = append(v.Problems, file.name+" can't be made of its figures")
		} else if !bytes.Equal(again, file.data) {
			v.Problems = append(v.Problems, file.name+" is not what its figures give")
		}
	}
	return v, nil
}

// writeAgain writes a file of an archived document. Figures that were damaged may be such as no writer ever met: that is
// found out of this report, and the others are looked at all the same.
func writeAgain(write func(io.Writer) error) (data []byte, err error) {
	defer func() {
		if broken := recover(); broken != nil {
			err = fmt.Errorf("panic: %v", broken)
		}
	}()
	var b bytes.Buffer
	err = write(&b)
	return b.Bytes(), err
}
