package refused

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/bonychat/puente/pkg/customchannel"
)

func TestRefusalsAreCountedByChannelAndCause(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := New()
		forged := Kind{Network, "telegram", "A", "forged"}
		for range 3 {
			b.Count(forged)
		}
		time.Sleep(time.Second)
		b.Count(Kind{Platform, "", "", "unauthorized"})
		b.Count(Kind{Network, "line", "B", "stale"})
		got := b.All("telegram", false)
		if len(got.GetRefusals()) != 2 || got.GetRefusals()[0].GetCause() != "unauthorized" || got.GetRefusals()[1].GetTimes() != 3 || got.GetRefusals()[1].GetSample() != nil || len(b.All("", false).GetRefusals()) != 3 {
			t.Errorf("%v", got)
		}
	})
}

// A call of each kind is kept without anything that its caller wrote, and one in a minute is looked at.
func TestACallIsKeptWithoutItsValues(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b, k := New(), Kind{Network, "telegram", "A", "forged"}
		look := func(body string) string {
			b.Look(k, Call{Method: "S3CRET", Header: http.Header{"X-Signature": {"S3CRET"}, "X-34600111222": {"x"}, "X_odd": {"x"}, "Content-Type": {"text/S3CRET"}}, Body: []byte(body)})
			if r := b.All("", false).GetRefusals(); len(r) > 0 {
				if said := r[0].String(); strings.Contains(said, "S3CRET") || strings.Contains(said, "34600") || strings.Contains(said, "hola") {
					t.Errorf("%s", said)
				}
				return r[0].GetSample().GetStructure()
			}
			return ""
		}
		if got := look(`{}`); got != "" {
			t.Errorf("of a kind that was not counted: %s", got)
		}
		b.Count(k)
		if got := look(`{"text":"hola","from":34600111222,"+34600111222":1}`); got != `{"from":"number","name of 12 characters":"number","text":"text of 4 characters"}` {
			t.Errorf("%s", got)
		}
		if s := b.All("", true).GetRefusals()[0].GetSample(); s != nil {
			t.Errorf("a sample that was not asked for: %v", s)
		}
		if s := b.All("", false).GetRefusals()[0].GetSample(); strings.Join(s.GetHeaders(), " ") != "Content-Type X-Signature" || s.GetMethod() != "other" || s.GetSize() != 51 {
			t.Errorf("%v", s)
		}
		if got := look(`[1]`); strings.HasPrefix(got, "[") {
			t.Error("a second one in the same minute")
		}
		time.Sleep(time.Minute)
		for body, want := range map[string]string{`[1]`: `["number"]`, strings.Repeat("x", mostBody+1): "", "hola": `"text of 4 bytes"`} {
			if got := look(body); got != want {
				t.Errorf("%.20s: %s", body, got)
			}
			time.Sleep(time.Minute)
		}
	})
}

// However many channels and calls there are, what is remembered has a bound, fits into an answer, and makes room after a while.
func TestWhatIsRememberedIsBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := New()
		flood := func(from int) {
			for i := range 3 * mostKinds {
				k := Kind{Network, "telegram", fmt.Sprint("channel-", from+i), "forged"}
				b.Count(k)
				b.Look(k, Call{Method: http.MethodPost, Body: []byte(`{"a":` + strings.Repeat(" ", mostBody-10) + `1}`)})
			}
		}
		flood(0)
		time.Sleep(2 * forgottenAfter)
		flood(1 << 20)
		samples, times := 0, uint64(0)
		for _, e := range b.kinds {
			times += e.times
			if e.sample != nil {
				samples++
			}
		}
		if len(b.kinds) > mostKinds+1 || samples > mostSamples || b.samples != samples || times < 3*mostKinds {
			t.Errorf("%d kinds, %d samples (%d), %d refusals", len(b.kinds), samples, b.samples, times)
		}
		if b.kinds[Kind{Network, "telegram", "channel-1048576", "forged"}] == nil {
			t.Error("what is new has no place after the old has long gone")
		}
		if n := proto.Size(b.All("", false)); n > 4<<20 {
			t.Errorf("an answer of %d bytes", n)
		}
	})
}

// Why calls broke the contract is told by field and limit, the latest first, without their values and within a bound.
func TestWhatWasWrongIsToldByFieldAndLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b, k := New(), Kind{Platform, "telegram", "A", "invalid"}
		b.Explain(k, customchannel.Problems{{Field: "message.text", Rule: customchannel.RuleRequired}})
		if got := b.All("", false).GetRefusals(); len(got) != 0 {
			t.Errorf("of a kind that was not counted: %v", got)
		}
		wrong := func(problems ...customchannel.Problem) {
			b.Count(k)
			b.Explain(k, problems)
			time.Sleep(time.Second)
		}
		long := func(got string) customchannel.Problem {
			return customchannel.Problem{Field: "message.text", Rule: customchannel.RuleLength, Limit: "7000", Got: got}
		}
		wrong(long("7001"))
		wrong(customchannel.Problem{Field: "message.replies[3]", Rule: customchannel.RuleRequired, Limit: "1 to 256 characters"}, customchannel.Problem{Field: "message.replies[12]", Rule: customchannel.RuleRequired, Limit: "1 to 256 characters"})
		wrong(long("9000"))
		got := b.All("", false).GetRefusals()[0].GetBreaches()
		if len(got) != 2 || got[0].GetField() != "message.text" || got[0].GetTimes() != 2 || got[0].GetGot() != "9000" || got[1].GetField() != "message.replies[]" || got[1].GetTimes() != 2 {
			t.Errorf("%v", got)
		}
		if said := b.All("", true).GetRefusals()[0].GetBreaches(); said != nil {
			t.Errorf("breaches that were not asked for: %v", said)
		}
		for i := range 3 * mostBreaches {
			wrong(customchannel.Problem{Field: "contactId", Rule: customchannel.RuleLength, Limit: fmt.Sprint(i)})
		}
		if got := b.All("", false).GetRefusals()[0].GetBreaches(); len(got) != mostBreaches || got[0].GetLimit() != fmt.Sprint(3*mostBreaches-1) {
			t.Errorf("%v", got)
		}
	})
}
