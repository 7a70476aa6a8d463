package survey

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Old versions stay readable for ever: testdata/version.json is as the database has kept it since the first office went
// live, before there were rules and scales of importance. Never write it anew; a later shape gets a file of its own.
func TestOldVersionStaysReadable(t *testing.T) {
	data, err := os.ReadFile("testdata/version.json")
	if err != nil {
		t.Fatal(err)
	}
	var old struct {
		Questionnaire json.RawMessage
		Layout        json.RawMessage
		Codes         []int16
		Values        Values
	}
	v := Version{ID: 7}
	if err := json.Unmarshal(data, &old); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(old.Questionnaire, &v.Questionnaire); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(old.Layout, &v.Layout); err != nil {
		t.Fatal(err)
	}
	if err := v.Questionnaire.Check(); err != nil {
		t.Errorf("Check: %v", err)
	}
	if diff := cmp.Diff(v.Layout, NewLayout(&v.Questionnaire)); diff != "" {
		t.Errorf("a layout made today differs (-kept +made):\n%s", diff)
	}
	sub, err := v.Fill(old.Values, ChannelWeb, NewDay(2026, 3, 1))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(old.Codes, sub.Codes); diff != "" {
		t.Errorf("codes (-kept +made):\n%s", diff)
	}
	values, err := v.Values(sub)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(old.Values, values); diff != "" {
		t.Errorf("values (-kept +read):\n%s", diff)
	}
	counts := make([]int64, v.Layout.Counters)
	v.Layout.Count(counts, old.Codes, 1)
	if again, err := json.Marshal(v.Questionnaire); err != nil || !sameJSON(t, old.Questionnaire, again) {
		t.Errorf("written again it is %s, %v", again, err)
	}
}

// sameJSON reports whether two documents say the same.
func sameJSON(t *testing.T, a, b []byte) bool {
	t.Helper()
	var x, y any
	if json.Unmarshal(a, &x) != nil || json.Unmarshal(b, &y) != nil {
		t.Fatal("not JSON")
	}
	return cmp.Equal(x, y)
}
