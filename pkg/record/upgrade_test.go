package record_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"strings"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/bus/kv"
	"github.com/bonychat/puente/pkg/digest"
	"github.com/bonychat/puente/pkg/record"
	"github.com/bonychat/puente/pkg/topology"

	indexv1 "github.com/bonychat/puente/proto/gen/puente/index/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// TestRecordsOfVersionsBeforeCount: they were written under digests of one key for all purposes. What comes after the upgrade has to
// find them, or a receipt is lost, a message is doubled, and a call is taken twice.
func TestRecordsOfVersionsBeforeCount(t *testing.T) {
	t.Parallel()
	b := bustest.Start(t, network).Connect("test")
	ctx := t.Context()
	key, _, err := kv.Open(b, topology.Secrets).Get(ctx, digest.KeyName)
	if err != nil {
		t.Fatal(err)
	}
	before := func(parts ...string) string {
		mac := hmac.New(sha256.New, key)
		for _, p := range parts {
			_ = binary.Write(mac, binary.BigEndian, uint64(len(p)))
			mac.Write([]byte(p))
		}
		return strings.ToLower(base32.StdEncoding.EncodeToString(mac.Sum(nil)))[:26]
	}
	ix := record.New(b)

	// a receipt finds its send
	if _, err := ix.LinkRef(ctx, network, channel, before("ref", network, channel, "wamid.1"), &indexv1.Ref{Id: "m1"}); err != nil {
		t.Fatal(err)
	}
	found, err := ix.PendReceipt(ctx, network, channel, record.RefDigest(b, network, channel, "wamid.1"), &indexv1.Early{})
	if err != nil || found.GetId() != "m1" {
		t.Errorf("the send of a receipt: %v, %v", found, err)
	}

	// a call that the network repeats makes no second message, and an edit that changes nothing neither
	message := func(id, content string) *messagev1.Message {
		return &messagev1.Message{Id: id, Network: network, Channel: channel, ContentDigest: content}
	}
	content := func(digest func(...string) string) string { return digest("content", channel, "ana", "hola") }
	now := func(parts ...string) string {
		for _, p := range digest.Purposes() {
			if p.String() == parts[0] {
				return b.Digest(p, parts[1:]...)
			}
		}
		t.Fatalf("nothing is digested for %s", parts[0])
		return ""
	}
	if claim, err := ix.ClaimInbound(ctx, 1, message(before("message", network, channel, "k1"), content(before))); err != nil || claim != record.Fresh {
		t.Fatalf("%v, %v", claim, err)
	}
	if claim, err := ix.ClaimInbound(ctx, 2, message(now("message", network, channel, "k1"), content(now))); err != nil || claim != record.Repeated {
		t.Errorf("the same message: %v, %v", claim, err)
	}
	edit := message(now("message", network, channel, "k2"), content(now))
	edit.Edits = now("message", network, channel, "k1")
	if claim, err := ix.ClaimInbound(ctx, 3, edit); err != nil || claim != record.Repeated {
		t.Errorf("an edit that changes nothing: %v, %v", claim, err)
	}

	// a credential that counts once has been used
	admit := func(digest func(...string) string) record.Admission {
		t.Helper()
		a, err := ix.Admit(ctx, network, channel, digest("call", network, channel, "credential"), digest("call-key", "k"), time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	if err := ix.Settle(ctx, admit(before), 7); err != nil {
		t.Fatal(err)
	}
	if a := admit(now); a.Another || !a.Stored {
		t.Errorf("the same call: %+v", a)
	}

	// a contact is the same contact
	if got, want := record.ContactDigest(b, channel, "@ana:example.org"), before("contact", channel, "@ana:example.org"); got != want {
		t.Errorf("contact %s, before %s", got, want)
	}
}
