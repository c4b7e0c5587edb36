package heard

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

func TestMend(t *testing.T) {
	t.Parallel()
	message := func(bad string) *messagev1.Message {
		return &messagev1.Message{
			Id: "m1", Contact: &messagev1.Contact{Address: "a" + bad, Profile: &messagev1.Profile{FirstName: "Jos" + bad}},
			Content: &messagev1.Content{Kind: &messagev1.Content_QuickReply{QuickReply: &messagev1.QuickReply{Title: "¿qué?", Replies: []string{"s" + bad, "no"}}}},
		}
	}
	m := message("\xe9")
	if !Sanitize(m.ProtoReflect()) {
		t.Error("nothing to mend")
	}
	if diff := cmp.Diff(message("\ufffd"), m, protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
	if _, err := proto.Marshal(m); err != nil {
		t.Error(err)
	}
	if Sanitize(m.ProtoReflect()) {
		t.Error("mended twice")
	}
}
