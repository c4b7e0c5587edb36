package reason_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"

	"github.com/bonychat/puente/pkg/reason"

	reasonv1 "github.com/bonychat/puente/proto/gen/puente/reason/v1"
)

var tooLong = reason.New("too_long", reason.Agent, "the text is longer than {limit} characters", "el texto supera los {limit} caracteres")

func TestAReasonIsToldInBothLanguages(t *testing.T) {
	r := tooLong.With("limit", 4096).Of("pigeon")
	want := &reasonv1.Reason{
		Code: "pigeon.too_long", Fault: reasonv1.Fault_FAULT_AGENT, Params: map[string]string{"limit": "4096"},
		En: "the text is longer than 4096 characters", Es: "el texto supera los 4096 caracteres",
	}
	if diff := cmp.Diff(want, r.Proto(), cmp.Comparer(proto.Equal)); diff != "" {
		t.Error(diff)
	}
	if r.Text(reason.Spanish) != want.GetEs() || r.Text(reason.English) != want.GetEn() || r.Text("fr") != want.GetEn() {
		t.Errorf("told as %q and %q", r.Text(reason.Spanish), r.Text(reason.English))
	}
	if err := r.Validate(); err != nil {
		t.Error(err)
	}
	if back := reason.FromProto(r.Proto(), "old"); !back.Equal(r) {
		t.Errorf("stored and read it is %v", back.Proto())
	}
	if again := r.Of("other"); again.Code() != "pigeon.too_long" {
		t.Errorf("the code became %q", again.Code())
	}
	if tooLong.Text(reason.English) != "the text is longer than {limit} characters" {
		t.Error("a value changed the reason that it was given to")
	}
}

func TestWhatAnOlderVersionStoredIsShownAsItWas(t *testing.T) {
	r := reason.FromProto(nil, "the contact blocked the bot")
	if r.Text(reason.Spanish) != "the contact blocked the bot" || r.Code() != "" || r.IsZero() {
		t.Errorf("got %v", r.Proto())
	}
	if none := reason.FromProto(nil, ""); !none.IsZero() || none.Proto() != nil {
		t.Error("nothing became a reason")
	}
}

func TestAReasonWithACause(t *testing.T) {
	blocked := reason.New("blocked", reason.Contact, "the contact blocked the bot", "el contacto ha bloqueado el bot").Of("pigeon")
	for _, test := range []struct {
		name   string
		got    reason.Reason
		en, es string
		fault  reason.Fault
		params map[string]string
	}{
		{"cause", reason.Expired.Because(blocked), "it could not be sent in time: the contact blocked the bot", "no se ha podido enviar a tiempo: el contacto ha bloqueado el bot", reason.Contact, map[string]string{"cause": "pigeon.blocked"}},
		{"no cause", reason.Expired.Because(reason.Reason{}), "it could not be sent in time", "no se ha podido enviar a tiempo", reason.Network, nil},
		{"cause of an older version", reason.Expired.Because(reason.FromProto(nil, "away")), "it could not be sent in time: away", "no se ha podido enviar a tiempo: away", reason.Network, nil},
		{"words", blocked.Quoting("no such user"), "the contact blocked the bot: no such user", "el contacto ha bloqueado el bot: no such user", reason.Contact, map[string]string{"words": "no such user"}},
		{"no words", blocked.Quoting(" "), "the contact blocked the bot", "el contacto ha bloqueado el bot", reason.Contact, nil},
		{"part", blocked.OfPart(2, 3), "part 2 of 3: the contact blocked the bot", "parte 2 de 3: el contacto ha bloqueado el bot", reason.Contact, map[string]string{"part": "2", "parts": "3"}},
		{"whole", blocked.OfPart(1, 1), "the contact blocked the bot", "el contacto ha bloqueado el bot", reason.Contact, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := test.got.Proto()
			if p.GetEn() != test.en || p.GetEs() != test.es || p.GetFault() != test.fault {
				t.Errorf("got %v", p)
			}
			if diff := cmp.Diff(test.params, p.GetParams()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestValuesAreBoundedAndPlain(t *testing.T) {
	r := tooLong.With("limit", "a\nb{limit}\x00\xff"+strings.Repeat("é", 300))
	if got := r.Param("limit"); !strings.HasPrefix(got, "a b(limit) ?é") || len([]rune(got)) != reason.MaxParam {
		t.Errorf("kept as %q", got)
	}
	if got := []rune(r.String()); len(got) > reason.MaxSentence+50 || strings.ContainsAny(r.String(), "{}\n\x00") {
		t.Errorf("%d characters: %s", len(got), r)
	}
	if _, err := proto.Marshal(r.Proto()); err != nil {
		t.Error(err)
	}
	if _, err := proto.Marshal(reason.New("x\xff", reason.Agent, "a\xff", "b\xff").Proto()); err != nil {
		t.Error(err)
	}
}

func TestAMissingAndAStrayValueAreFound(t *testing.T) {
	for _, test := range []struct {
		name    string
		r       reason.Reason
		mistake string
	}{
		{"missing", tooLong, "the value {limit} is missing"},
		{"stray", tooLong.With("limit", 1).With("size", 2), `no sentence shows the value "size"`},
		{"right", tooLong.With("limit", 1), ""},
		{"words in braces are no value", tooLong.With("limit", "{size}"), ""},
	} {
		t.Run(test.name, func(t *testing.T) { mistaken(t, test.r.Validate(), test.mistake) })
	}
}

func TestMistakesOfADeclaration(t *testing.T) {
	long := strings.Repeat("x", reason.MaxSentence+1)
	for _, test := range []struct {
		name    string
		r       reason.Reason
		mistake string
	}{
		{"right", tooLong, ""},
		{"no code", reason.New("", reason.Agent, "a", "b"), "the code must be"},
		{"capitals", reason.New("Too_Long", reason.Agent, "a", "b"), "the code must be"},
		{"long code", reason.New(strings.Repeat("a", reason.MaxCode+1), reason.Agent, "a", "b"), "the code must be"},
		{"no fault", reason.New("a", 0, "a", "b"), "whose fault"},
		{"unknown fault", reason.New("a", 99, "a", "b"), "whose fault"},
		{"no English", reason.New("a", reason.Agent, " ", "b"), "no sentence in English"},
		{"no Spanish", reason.New("a", reason.Agent, "a", ""), "no sentence in Spanish"},
		{"too long", reason.New("a", reason.Agent, "a", long), "Spanish has 251 characters"},
		{"full stop", reason.New("a", reason.Agent, "a.", "b"), "full stop"},
		{"line break", reason.New("a", reason.Agent, "a", "b\nc"), "no line break"},
		{"other values", reason.New("a", reason.Agent, "a {x}", "b {y}"), "the same values"},
		{"no name of a value", reason.New("a", reason.Agent, "a {the limit}", "b {the limit}"), "{the limit} is no name"},
	} {
		t.Run(test.name, func(t *testing.T) { mistaken(t, test.r.Declared(), test.mistake) })
	}
}

func mistaken(t *testing.T, err error, mistake string) {
	t.Helper()
	if mistake == "" && err != nil || mistake != "" && (err == nil || !strings.Contains(err.Error(), mistake)) {
		t.Errorf("got %v, want %q", err, mistake)
	}
}

func TestATableFindsItsReasonsAndItsMistakes(t *testing.T) {
	var table reason.Table
	blocked := table.New("blocked", reason.Contact, "blocked by {who}", "bloqueado por {who}")
	if !table.Has(blocked.With("who", "ana")) || table.Has(tooLong) || (*reason.Table)(nil).Has(blocked) {
		t.Error("the table does not know its reasons")
	}
	if err := table.Validate(); err != nil {
		t.Error(err)
	}
	table.New("blocked", reason.Contact, "again", "otra vez")
	mistaken(t, table.Validate(), `"blocked" is declared twice`)
}
