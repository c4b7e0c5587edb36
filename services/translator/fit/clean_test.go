package fit_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/bonychat/puente/services/translator/fit"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// every is all C0 controls, and what has to stay of them.
func every() (all, stays string) {
	var b strings.Builder
	for r := rune(0); r < ' '; r++ {
		b.WriteRune(r)
	}
	return b.String() + "\u0085\u2028é", "\t\n\r\u0085\u2028é"
}

func TestCleanTakesOutControlsAndNothingElse(t *testing.T) {
	all, stays := every()
	message := func(text string) *messagev1.Message {
		return &messagev1.Message{
			Id: "m1", Contact: &messagev1.Contact{Address: "ann", Profile: &messagev1.Profile{FirstName: text, LastName: text, Email: text}},
		}
	}
	for name, content := range map[string]func(text string) *messagev1.Content{
		"text":        text,
		"quick reply": func(text string) *messagev1.Content { return quickReply(text, text, "b", text) },
		"attachment":  func(text string) *messagev1.Content { return attachment(file, text, text, text) },
		"location":    func(text string) *messagev1.Content { return location(1, 2, text) },
	} {
		got, want := message(all), message(stays)
		got.Content, want.Content = content(all), content(stays)
		fit.Clean(got)
		if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if data, err := protojson.Marshal(got); err != nil || strings.Contains(string(data), `\u0000`) {
			t.Errorf("%s: %s, %v", name, data, err)
		}
	}
}
