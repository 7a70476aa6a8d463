package store

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"

	"ocenaurzedu.eu/pkg/survey"
)

// DropKeys forgets the idempotency keys of submissions of earlier days, of all tenants, and returns how many
// there were. A submission that is sent again later than that is a new one.
func (s *Store) DropKeys(ctx context.Context, before survey.Day) (int64, error) {
	var dropped int64
	err := inTx(ctx, s.operator, s.wait, func(tx *sqlx.Tx) error {
		result, err := tx.ExecContext(ctx, `
			DELETE FROM submission_keys
			WHERE day < $1`, before)
		if err != nil {
			return err
		}
		dropped, err = result.RowsAffected()
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("drop keys: %w", err)
	}
	return dropped, nil
}
