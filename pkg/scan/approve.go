package scan

import (
	"context"
	"errors"
	"fmt"

	"ocenaurzedu.eu/pkg/auth"
	"ocenaurzedu.eu/pkg/privacy"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// Fill makes a submission of a sheet of a stack: what was read, and what people decided. An *survey.InvalidError says
// which answers contradict each other; blank says that there are none.
func Fill(ctx context.Context, scope *store.Scope, version *survey.Version, sheet int64, day survey.Day) (sub *survey.Submission, blank bool, err error) {
	values, err := scope.ScanValues(ctx, sheet)
	if err != nil {
		return nil, false, err
	}
	if sub, err = version.Fill(values, survey.ChannelPaperScanned, day); err != nil {
		return nil, false, err
	}
	for i := range sub.Remarks {
		if said := values[sub.Remarks[i].Question]; len(said) > 1 && said[1] == Personal {
			sub.Remarks[i].State = survey.RemarkUnsure
		}
	}
	blank = len(sub.Remarks) == 0
	for _, code := range sub.Codes {
		blank = blank && (code == survey.CodeBlank || code == survey.CodeHidden)
	}
	return sub, blank, nil
}

// Check notes of each open sheet of a stack whether its answers contradict each other, and returns how many do.
func Check(ctx context.Context, scope *store.Scope, b *store.ScanBatch) (int, error) {
	sheets, err := scope.ScanSheets(ctx, b.ID)
	if err != nil {
		return 0, err
	}
	versions := map[int64]*survey.Version{}
	faulty := 0
	for _, sheet := range sheets {
		if sheet.State != store.SheetOpen {
			continue
		}
		if versions[sheet.VersionID] == nil {
			if versions[sheet.VersionID], err = scope.Version(ctx, sheet.VersionID); err != nil {
				return 0, err
			}
		}
		_, _, err := Fill(ctx, scope, versions[sheet.VersionID], sheet.ID, b.Day)
		var invalid *survey.InvalidError
		if err != nil && !errors.As(err, &invalid) {
			return 0, err
		}
		fault := ""
		if invalid != nil {
			fault = invalid.Fields[0].Field
			faulty++
		}
		if fault != sheet.Fault {
			if err := scope.FaultScanSheet(ctx, b.ID, sheet.ID, fault); err != nil {
				return 0, err
			}
		}
	}
	return faulty, nil
}

// approve stores the sheets of an approved stack, each once: a sheet has its id before, and what is stored is looked up
// first, so that a process that ends in the middle leaves the rest to the next one.
func (r *Runner) approve(ctx context.Context, scope *store.Scope, b *store.ScanBatch) error {
	sheets, err := scope.ScanSheets(ctx, b.ID)
	if err != nil {
		return err
	}
	versions := map[int64]*survey.Version{}
	for _, sheet := range sheets {
		if sheet.State != store.SheetOpen {
			continue
		}
		if versions[sheet.VersionID] == nil {
			if versions[sheet.VersionID], err = scope.Version(ctx, sheet.VersionID); err != nil {
				return err
			}
		}
		state, err := r.submit(ctx, scope, versions[sheet.VersionID], b, &sheet)
		if err != nil {
			return fmt.Errorf("sheet %d of scanned batch %d: %w", sheet.ID, b.ID, err)
		}
		if err := scope.EndScanSheet(ctx, b, sheet.ID, state, r.Now().Add(hold)); err != nil {
			return err
		}
	}
	return scope.EndScanApproval(ctx, b, r.Now())
}

// submit stores one sheet and says what became of it.
func (r *Runner) submit(ctx context.Context, scope *store.Scope, version *survey.Version, b *store.ScanBatch, sheet *store.ScanSheet) (string, error) {
	stored, err := scope.SheetStored(ctx, sheet.SubmissionID)
	if err != nil || stored {
		return store.SheetApproved, err
	}
	sub, blank, err := Fill(ctx, scope, version, sheet.ID, b.Day)
	var invalid *survey.InvalidError
	switch {
	case errors.As(err, &invalid): // Check found none: it is not approved with a fault
		return store.SheetRejected, nil
	case err != nil:
		return "", err
	case blank:
		return store.SheetBlank, nil
	}
	for i := range sub.Remarks {
		result := privacy.Redact(sub.Remarks[i].Text)
		sub.Remarks[i].Text = result.Text
		if result.Unsure {
			sub.Remarks[i].State = survey.RemarkUnsure
		}
	}
	sub.ID, sub.ServicePoint = sheet.SubmissionID, b.ServicePoint
	key := fmt.Sprintf("scan/%d/%d/%s", b.ID, sheet.ID, sheet.SubmissionID)
	err = r.Intake.Submit(ctx, store.Entry{Tenant: scope.Tenant(), Key: auth.IdempotencyHash(r.Secret(), scope.Tenant(), key), Submission: sub, Layout: &version.Layout,
		Sheet: &store.SheetRef{Batch: sheet.IntoBatch, Number: sheet.Number, Serial: sheet.Serial}})
	if errors.Is(err, survey.ErrTaken) {
		if stored, again := scope.SheetStored(ctx, sheet.SubmissionID); again != nil || stored {
			return store.SheetApproved, again
		}
		return store.SheetDuplicate, nil // typed since it was scanned
	}
	return store.SheetApproved, err
}
