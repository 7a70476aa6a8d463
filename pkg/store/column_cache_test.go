package store

import (
	"testing"

	"ocenaurzedu.eu/pkg/survey"
)

// TestColumnCacheIsBounded puts more than fits: what was not used for longest leaves, and what is kept is counted right.
func TestColumnCacheIsBounded(t *testing.T) {
	q := &survey.Questionnaire{Sections: []survey.Section{{Questions: []survey.Question{{Key: "q", Kind: survey.KindYesNo}}}}}
	v := &survey.Version{Questionnaire: *q, Layout: survey.NewLayout(q)}
	month := survey.NewDay(2026, 1, 1)
	made := func() *survey.Columns {
		c := survey.NewColumns(v, month, survey.ChannelWeb, 0, 100)
		for range 100 {
			c.Add(month, []survey.Code{survey.CodeFirst})
		}
		return c
	}
	size := made().Bytes()
	c := newColumnCache(3 * size)
	for i := range int64(3) {
		c.put(columnKey{tenant: i}, revision{n: 100}, made())
	}
	if c.get(columnKey{tenant: 0}, revision{n: 100}) == nil {
		t.Error("three fit, and the first is gone")
	}
	c.put(columnKey{tenant: 3}, revision{n: 100}, made())
	c.put(columnKey{tenant: 3}, revision{n: 101}, made())
	for i, want := range []bool{true, false, true, true} {
		r := revision{n: 100}
		if i == 3 {
			r.n = 101
		}
		if got := c.get(columnKey{tenant: int64(i)}, r) != nil; got != want {
			t.Errorf("tenant %d: kept = %t, want %t", i, got, want)
		}
	}
	if c.get(columnKey{tenant: 3}, revision{n: 101, corrections: 1}) != nil {
		t.Error("columns of another revision are told")
	}
	if c.bytes != 3*size || c.order.Len() != 3 || len(c.at) != 3 {
		t.Errorf("%d bytes in %d and %d places, want %d in 3", c.bytes, c.order.Len(), len(c.at), 3*size)
	}
}
