package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"

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
	if err != nil {
		return nil, err
	}
	var pdf, xlsx bytes.Buffer
	if err := d.PDF(&pdf); err != nil {
		return nil, fmt.Errorf("report %d: %w", r.Number, err)
	}
	if err := d.XLSX(&xlsx); err != nil {
		return nil, fmt.Errorf("report %d: %w", r.Number, err)
	}
	if !bytes.Equal(pdf.Bytes(), r.PDF) {
		v.Problems = append(v.Problems, "PDF is not what its figures give")
	}
	if !bytes.Equal(xlsx.Bytes(), r.XLSX) {
		v.Problems = append(v.Problems, "XLSX is not what its figures give")
	}
	return v, nil
}
