package translator_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bonychat/puente/pkg/bus/provision"
	"github.com/bonychat/puente/pkg/provider/content"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// saying is a message of ana's, or an edit of one, with the digest that its network's service gives it.
func saying(id, edits, text string) *messagev1.Message {
	m := inbound(custom, id, "ana", content.Text(text))
	m.ContentDigest = "digest of " + text
	if edits != "" {
		m.Edits, m.Revision = edits, messagev1.Revision_REVISION_EDITED
	}
	return m
}

// Networks tell of edits that change nothing. The message is shown again only where it says something else than last time.
func TestAnEditThatChangesNothingIsNotShown(t *testing.T) {
	t.Parallel()
	b := newByHand(t)
	b.handle(10, saying("m1", "", "hola"))
	b.handle(11, saying("m1e1", "m1", "hola"))
	b.handle(12, saying("m1e2", "m1", "hola!"))
	b.handle(13, saying("m1e3", "m1", "hola!"))
	b.handle(14, saying("m1e4", "m1", "hola")) // back to what it said first
	b.handle(15, saying("m2", "", "hola"))     // another message with the same words
	b.handle(16, saying("x1e1", "x1", "of a message that was never here"))
	heard := b.heardNow("ana")
	want := []string{"hola", "hola!", "hola", "hola", "of a message that was never here"}
	if diff := cmp.Diff(want, heard); diff != "" {
		t.Error(diff)
	}
	if hops, _ := b.history("m1e1"); !cmp.Equal(hops, []string{"translator repeated"}) {
		t.Errorf("the journal says %v of the edit that changes nothing", hops)
	}
}

// An edit that is handled again after a crash was noted before it was published: it is not dropped.
func TestAnEditThatIsHandledAgainIsShown(t *testing.T) {
	t.Parallel()
	b := newByHand(t)
	b.handle(10, saying("m1", "", "hola"))
	b.remove("EGRESS_bonychat")
	edit := saying("m1e1", "m1", "hola!")
	if err := b.Handle(t.Context(), 11, message(edit)); err == nil {
		t.Fatal("published without a stream")
	}
	if err := provision.Apply(t.Context(), b.server.Connect("provision"), []string{network}, provision.Storage{Replicas: 1}); err != nil {
		t.Fatal(err)
	}
	b.handle(11, edit)
	if diff := cmp.Diff([]string{"hola!"}, b.heardNow("ana")); diff != "" {
		t.Error(diff)
	}
}
