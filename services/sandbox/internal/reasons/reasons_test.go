package reasons

import (
	"testing"

	"github.com/bonychat/puente/pkg/reason"
)

// Whatever language a receipt comes in, the page can show it in both.
func TestReasonsOfReceiptsAreShownInBothLanguages(t *testing.T) {
	refused := reason.New("refused", reason.Contact, "they refused it ({code}, $1)", "lo han rechazado ({code}, $1)")
	told := reason.New("told", reason.Contact, "{words}", "la red dice: {words}")
	short := reason.New("late", reason.Network, "it was late", "llegó tarde")
	all := Of([]reason.Reason{told, refused, short})
	for _, r := range []reason.Reason{
		refused.With("code", 47), told.With("words", "the line is cut"), short, short.OfPart(2, 3), short.Because(refused.With("code", 9)),
		refused.With("code", 5).Because(short).OfPart(1, 2), short.Quoting("no such user"),
	} {
		for _, came := range []reason.Locale{reason.English, reason.Spanish} {
			en, es := all.In(r.Text(came))
			if came == reason.English && r.Code() == "told" { // any words at all: they stay as they came
				if en != r.Text(came) || es != en {
					t.Errorf("%q became %q and %q", r.Text(came), en, es)
				}
				continue
			}
			if en != r.Text(reason.English) || es != r.Text(reason.Spanish) {
				t.Errorf("%q became %q and %q", r.Text(came), en, es)
			}
		}
	}
	if en, es := all.In("nobody declares this"); en != "nobody declares this" || es != en {
		t.Errorf("%q, %q", en, es)
	}
	for _, r := range reason.Own() {
		if en, es := Of(reason.Own()).In(r.Text(reason.Spanish)); es != r.Text(reason.Spanish) {
			t.Errorf("%s: %q, %q", r.Code(), en, es)
		}
	}
}
