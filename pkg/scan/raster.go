package scan

import (
	"context"

	"ocenaurzedu.eu/pkg/raster"
)

// With reads files in worker processes.
func With(r *raster.Reader) Reader {
	return func(ctx context.Context, job Job, take func(Page) error) error {
		asked := raster.Job{Data: job.Data, First: job.First, Pictures: true}
		for _, l := range job.Layouts {
			asked.Layouts = append(asked.Layouts, raster.Layout{Tenant: job.Tenant, Version: l.Version, Format: l.Format, Layout: l.Layout})
		}
		for p, err := range r.Read(ctx, asked) {
			if err != nil {
				return err
			}
			page := Page{Page: p.Page, Number: p.Number, Of: p.Of, Unopened: p.Unopened, Picture: p.Picture, Kind: p.PictureType, Took: p.Decode + p.Reading}
			if err := take(page); err != nil {
				return err
			}
		}
		return nil
	}
}
