package terms

import (
	"reflect"
	"testing"
	"time"

	"google.golang.org/protobuf/reflect/protoreflect"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	reasonv1 "github.com/bonychat/puente/proto/gen/puente/reason/v1"
)

// Every value of the enumerations that answers hold has a word in both languages.
func TestEveryValueHasAWord(t *testing.T) {
	t.Parallel()
	for _, terms := range []*Terms{In(English), In(Spanish)} {
		for _, one := range []struct {
			of    protoreflect.Enum
			words map[string]string
		}{
			{controlv1.State(0), terms.States}, {controlv1.ChannelState(0), terms.ChannelStates}, {controlv1.Direction(0), terms.Ways},
			{reasonv1.Fault(0), terms.Faults}, {controlv1.FailureKind(0), terms.Kinds}, {controlv1.ReplayResult(0), terms.Results},
		} {
			values := one.of.Descriptor().Values()
			for i := 1; i < values.Len(); i++ {
				if word := WordOf(one.of.Descriptor(), values.Get(i).Number()); one.words[word] == "" || len(one.words) != values.Len()-1 {
					t.Errorf("%s: there is no word for %q", one.of.Descriptor().FullName(), word)
				}
			}
		}
	}
	en, es := reflect.ValueOf(english.Hops), spanish.Hops
	for _, key := range en.MapKeys() {
		if es[key.String()] == "" {
			t.Errorf("there is no Spanish for %q", key)
		}
	}
}

func TestNegotiate(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]Language{
		"": "xx", "fr": "xx", "es": Spanish, "es-MX,en;q=0.5": Spanish, "en;q=0.4, es;q=0.8": Spanish, "en-GB": English, "en,es": English, "ES": Spanish, "es;q=0": "xx", "de, en;q=0.1": English,
	} {
		if got := Negotiate(header, "xx"); got != want {
			t.Errorf("%q: %s, want %s", header, got, want)
		}
	}
}

func TestTook(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		-time.Second: "0 ms", 850 * time.Millisecond: "850 ms", 1290 * time.Millisecond: "1.2 s", 4 * time.Second: "4 s", 59900 * time.Millisecond: "59 s",
		133 * time.Minute: "2 h 13 m", time.Hour: "1 h", 76 * time.Hour: "3 d 4 h",
	} {
		if got := Took(d); got != want {
			t.Errorf("%s: %q, want %q", d, got, want)
		}
	}
}

func TestAClockSaysTheDayWhereItIsAnother(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, time.November, 29, 4, 33, 0, 0, time.FixedZone("", 3600))
	for at, want := range map[time.Time]string{
		now.UTC():                      "04:33:00",
		now.Add(-6 * time.Hour):        "28 nov 22:33:00",
		now.Add(-400 * 24 * time.Hour): "2025-10-25 04:33:00",
	} {
		if got := In(Spanish).Clock(at, now, Seconds); got != want {
			t.Errorf("%s: %q, want %q", at, got, want)
		}
	}
}

func TestAMomentHasItsPreposition(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, time.November, 29, 4, 33, 0, 0, time.UTC)
	for at, want := range map[time.Time]string{
		now:                        "hasta las 04:33:00, a las 04:33:00; until 04:33:00, at 04:33:00",
		now.Add(-3 * time.Hour):    "hasta la 01:33:00, a la 01:33:00; until 01:33:00, at 01:33:00",
		now.Add(48 * time.Hour):    "hasta el 1 dic a las 04:33:00, el 1 dic a las 04:33:00; until 1 Dec 04:33:00, on 1 Dec at 04:33:00",
		now.Add(-9000 * time.Hour): "hasta el 2025-11-19 a las 04:33:00, el 2025-11-19 a las 04:33:00; until 2025-11-19 04:33:00, on 2025-11-19 at 04:33:00",
	} {
		es, en := In(Spanish), In(English)
		got := "hasta " + es.Moment(at, now, Seconds) + ", " + es.AtMoment(at, now, Seconds) + "; until " + en.Moment(at, now, Seconds) + ", " + en.AtMoment(at, now, Seconds)
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestADecimalIsWrittenAsTheLanguageDoes(t *testing.T) {
	t.Parallel()
	if es, en := Spanish.Took(1290*time.Millisecond), English.Took(1290*time.Millisecond); es != "1,2 s" || en != "1.2 s" {
		t.Errorf("%q, %q", es, en)
	}
}

func TestATextInTheOtherLanguageIsBetterThanNone(t *testing.T) {
	t.Parallel()
	why := &reasonv1.Reason{Code: "a.b", En: "sent", Es: "enviado"}
	if a, b := English.Reason(why), Spanish.Reason(why); a != "sent" || b != "enviado" {
		t.Errorf("%q, %q", a, b)
	}
	if a, b, c := English.Of("", "enviado"), Spanish.Of("sent", ""), Spanish.Reason(&reasonv1.Reason{Code: "a.b"}); a != "enviado" || b != "sent" || c != "a.b" {
		t.Errorf("%q, %q, %q", a, b, c)
	}
}

func TestADurationInAReasonIsForPeople(t *testing.T) {
	t.Parallel()
	for after, want := range map[string]string{"1m0s": "espere 1 m", "6s": "espere 6 s", "1.5s": "espere 1,5 s", "1h30m0s": "espere 1 h 30 m", "mañana": "espere mañana"} {
		r := &reasonv1.Reason{Es: "espere " + after, Params: map[string]string{"after": after}}
		if got := Spanish.Reason(r); got != want {
			t.Errorf("%s: %q", after, got)
		}
	}
	r := &reasonv1.Reason{En: "in 21s, x1s, 1s, 1st and 1s.", Params: map[string]string{"after": "1s", "share": "0"}}
	if got := English.Reason(r); got != "in 21s, x1s, 1 s, 1st and 1 s." {
		t.Errorf("%q", got)
	}
}
