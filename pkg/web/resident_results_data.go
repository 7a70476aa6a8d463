package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"path"
	"strings"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/report"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// The open data at stable addresses: an index as a catalogue of DCAT, and the files of each edition. Any site may load
// them.

// openData sets what every answer of the open data carries.
func openData(c *fiber.Ctx, file string) {
	kinds := map[string]string{".csv": "text/csv; charset=utf-8", ".json": "application/json", ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
	c.Set(fiber.HeaderContentType, kinds[path.Ext(file)])
	c.Set(fiber.HeaderCacheControl, "public, no-cache")
	c.Set(fiber.HeaderAccessControlAllowOrigin, "*")
	c.Set("Cross-Origin-Resource-Policy", "cross-origin")
}

// showOpenFile hands out a file of an edition as it was made when the edition was published; remarks as far as they are
// still approved.
func (s *Server) showOpenFile(c *fiber.Ctx) error {
	name, file := c.Params("edition"), c.Params("file")
	if file == report.OpenRemarks {
		return s.showOpenRemarks(c)
	}
	f, err := s.scopeOf(c).PublicFile(c.UserContext(), name, file, knownHash(c))
	if err != nil {
		return err
	}
	if path.Ext(file) != ".json" {
		c.Attachment(openName(tenantOf(c).Slug, name, file))
	}
	openData(c, file) // after Attachment, which guesses a type
	if known(c, f.Hash) {
		return nil
	}
	return c.Send(f.Data)
}

// knownHash reads the hash of the file that the reader has; nil: none.
func knownHash(c *fiber.Ctx) []byte {
	tag := strings.Trim(strings.TrimPrefix(strings.TrimSpace(c.Get(fiber.HeaderIfNoneMatch)), "W/"), `"`)
	hash, err := hex.DecodeString(tag)
	if err != nil || len(hash) != sha256.Size {
		return nil
	}
	return hash
}

// openName is how a file is called where it is saved: wyniki-osielsko-2025-4.csv.
func openName(slug, edition, file string) string {
	ext := path.Ext(file)
	return strings.TrimSuffix(file, ext) + "-" + slug + "-" + edition + ext
}

func (s *Server) showOpenRemarks(c *fiber.Ctx) error {
	_, e, err := s.publishedEdition(c)
	if err != nil {
		return err
	}
	if len(e.Summary.Remarks) == 0 {
		return survey.ErrNotFound
	}
	var b bytes.Buffer
	if err := e.Remarks(&b); err != nil {
		return err
	}
	c.Attachment(openName(e.Slug, e.Name, report.OpenRemarks))
	openData(c, report.OpenRemarks)
	sum := sha256.Sum256(b.Bytes())
	if known(c, sum[:]) {
		return nil
	}
	return c.Send(b.Bytes())
}

// The index follows W3C's Data Catalog Vocabulary, version 3, as JSON-LD.
type (
	openCatalogue struct {
		Context   map[string]string `json:"@context"`
		ID        string            `json:"@id"`
		Type      string            `json:"@type"`
		Title     string            `json:"dct:title"`
		Language  string            `json:"dct:language"`
		Publisher openAgent         `json:"dct:publisher"`
		Datasets  []openDataset     `json:"dcat:dataset"`
	}
	openAgent struct {
		Type string `json:"@type"`
		Name string `json:"foaf:name"`
	}
	openDataset struct {
		ID            string             `json:"@id"`
		Type          string             `json:"@type"`
		Identifier    string             `json:"dct:identifier"`
		Title         string             `json:"dct:title"`
		Description   string             `json:"dct:description"`
		Issued        string             `json:"dct:issued"` // a moment, RFC 3339
		Temporal      openPeriod         `json:"dct:temporal"`
		Licence       openResource       `json:"dct:license"`
		Rights        string             `json:"dct:rights"`
		Keywords      []string           `json:"dcat:keyword"`
		Page          openResource       `json:"dcat:landingPage"`
		Distributions []openDistribution `json:"dcat:distribution"`
	}
	openPeriod struct {
		Type string     `json:"@type"`
		From survey.Day `json:"dcat:startDate"`
		To   survey.Day `json:"dcat:endDate"`
	}
	openResource struct {
		ID string `json:"@id"`
	}
	openDistribution struct {
		Type     string        `json:"@type"`
		Title    string        `json:"dct:title"`
		Download openResource  `json:"dcat:downloadURL"`
		Media    string        `json:"dcat:mediaType"`
		Licence  openResource  `json:"dct:license"`
		Size     int           `json:"dcat:byteSize,omitempty"`
		Checksum *openChecksum `json:"spdx:checksum,omitempty"`
	}
	openChecksum struct {
		Type      string `json:"@type"`
		Algorithm string `json:"spdx:algorithm"`
		Value     string `json:"spdx:checksumValue"`
	}
)

// showOpenIndex lists the editions with their files.
func (s *Server) showOpenIndex(c *fiber.Ctx) error {
	scope, tenant := s.scopeOf(c), tenantOf(c)
	published, err := scope.Published(c.UserContext(), "-")
	if err != nil {
		return err
	}
	if len(published) == 0 {
		return survey.ErrNotFound
	}
	editions, err := editionsOf(published)
	if err != nil {
		return err
	}
	index := openCatalogue{Context: map[string]string{"dcat": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/", "foaf": "http://xmlns.com/foaf/0.1/", "spdx": "http://spdx.org/rdf/terms#"},
		ID: s.Site.Address(tenant.Slug) + resultsPath + "/dane.json", Type: "dcat:Catalog", Title: report.PublicTitle, Language: survey.Polish,
		Publisher: openAgent{"foaf:Agent", tenant.Office.Name}}
	for i, e := range editions {
		files, err := scope.PublicFiles(c.UserContext(), published[i].ID)
		if err != nil {
			return err
		}
		index.Datasets = append(index.Datasets, datasetOf(e, files))
	}
	body, err := json.MarshalIndent(index, "", "  ")
	if err != nil {
		return err
	}
	openData(c, "dane.json")
	sum := sha256.Sum256(body)
	if known(c, sum[:]) {
		return nil
	}
	return c.Send(body)
}

// datasetOf describes an edition.
func datasetOf(e *report.Edition, files []store.PublicFile) openDataset {
	l, page := e.Licence(), e.Address+resultsPath+"/"+e.Name
	set := openDataset{ID: page, Type: "dcat:Dataset", Identifier: e.Slug + "-" + e.Name, Title: e.Office + ": " + e.Title(),
		Description: fmt.Sprintf("Odpowiedzi na ankietę badania satysfakcji klienta, policzone razem. Wyników opartych na mniej niż %d odpowiedziach nie podano.", e.Rules.Threshold),
		Issued:      e.PublishedAt.Format("2006-01-02T15:04:05Z07:00"), Temporal: openPeriod{"dct:PeriodOfTime", e.Summary.Filter.From, e.Summary.Filter.To},
		Licence: openResource{l.Address}, Rights: l.Name, Keywords: []string{"satysfakcja klienta", "urząd", "ankieta"}, Page: openResource{page}}
	if e.Sample {
		set.Description = "Dane przykładowe. " + set.Description
	}
	media := map[string]string{".csv": "text/csv", ".json": "application/json", ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
	for _, f := range files {
		set.Distributions = append(set.Distributions, openDistribution{Type: "dcat:Distribution", Title: f.Name, Download: openResource{e.Address + e.FileAddress(f.Name)},
			Media: media[path.Ext(f.Name)], Licence: openResource{l.Address}, Size: f.Size,
			Checksum: &openChecksum{"spdx:Checksum", "spdx:checksumAlgorithm_sha256", hex.EncodeToString(f.Hash)}})
	}
	return set
}
