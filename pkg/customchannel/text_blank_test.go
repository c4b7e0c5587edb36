package customchannel_test

import (
	"testing"

	"github.com/bonychat/puente/pkg/customchannel"
)

func TestBlankIsWhatNobodySees(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", " ", " \u200b\n", "\u2060\ufeff", "\u3164", "\u200e\u200f", "\ufe0f"} {
		if !customchannel.Blank(s) {
			t.Errorf("%q is not blank", s)
		}
	}
	for _, s := range []string{"a", " . ", "👍", "❤️", "\u200fשלום", "·"} {
		if customchannel.Blank(s) {
			t.Errorf("%q is blank", s)
		}
	}
}

func TestABlankNameIsNoName(t *testing.T) {
	t.Parallel()
	got := customchannel.Contact{FirstName: "  \u200b", LastName: " Ruiz "}.Fit()
	if got.FirstName != "" || got.LastName != "Ruiz" {
		t.Errorf("%+v", got)
	}
}
