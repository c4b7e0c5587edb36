package reason_test

import (
	"testing"

	"github.com/bonychat/puente/pkg/reason"
)

func TestTheTerminalsLanguage(t *testing.T) {
	for _, test := range []struct {
		all, messages, lang string
		want                reason.Locale
	}{
		{"", "", "", reason.English},
		{"", "", "es_ES.UTF-8", reason.Spanish},
		{"", "en_GB.UTF-8", "es_ES.UTF-8", reason.English},
		{"es_MX", "en_GB.UTF-8", "C", reason.Spanish},
		{"C", "", "es_ES", reason.English},
		{"est_EE", "", "", reason.English},
	} {
		t.Setenv("LC_ALL", test.all)
		t.Setenv("LC_MESSAGES", test.messages)
		t.Setenv("LANG", test.lang)
		if got := reason.OfTerminal(); got != test.want {
			t.Errorf("%+v: got %s", test, got)
		}
	}
}

func TestTags(t *testing.T) {
	for tag, want := range map[string]reason.Locale{
		"es": reason.Spanish, "ES-mx": reason.Spanish, "es@euro": reason.Spanish, "en": reason.English, "": reason.English, "-": reason.English, "fr": reason.English,
	} {
		if got := reason.OfTag(tag); got != want {
			t.Errorf("%q: got %s", tag, got)
		}
	}
	if !reason.Spanish.Valid() || !reason.English.Valid() || reason.Locale("fr").Valid() {
		t.Error("the languages are not those")
	}
}
