package reason_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bonychat/puente/pkg/reason"
)

func TestJSON(t *testing.T) {
	r := tooLong.With("limit", 4096).Of("pigeon")
	data, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"code":"pigeon.too_long","fault":"agent","params":{"limit":"4096"},"en":"the text is longer than 4096 characters","es":"el texto supera los 4096 caracteres"}`
	if diff := cmp.Diff(want, string(data)); diff != "" {
		t.Error(diff)
	}
	var back reason.Reason
	if err := json.Unmarshal(data, &back); err != nil || !back.Equal(r) {
		t.Errorf("read back: %v, %v", back.Proto(), err)
	}
}

func TestJSONOfAnOlderVersion(t *testing.T) {
	var r reason.Reason
	if err := json.Unmarshal([]byte(`"the token is dead"`), &r); err != nil || r.Text(reason.Spanish) != "the token is dead" || r.Code() != "" {
		t.Errorf("got %v, %v", r.Proto(), err)
	}
	if err := json.Unmarshal([]byte(`7`), &r); err == nil {
		t.Error("a number was read as a reason")
	}
}

func TestFaultsHaveWords(t *testing.T) {
	for fault, want := range map[reason.Fault]string{
		reason.Contact: "contact", reason.Agent: "agent", reason.Setup: "setup", reason.Network: "network", reason.Puente: "puente", 0: "unknown", 99: "unknown",
	} {
		if got := reason.Word(fault); got != want {
			t.Errorf("%v: got %s, want %s", fault, got, want)
		}
	}
}
