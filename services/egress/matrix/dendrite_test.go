package matrix_test

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"
	"time"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider"

	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/services/egress/matrix/internal/homeserver"
)

// TestDendrite is the network at a real homeserver. It is asked for by PUENTE_DENDRITE, since building the homeserver
// takes minutes the first time; .ci/run asks, and a homeserver that cannot be built fails there.
func TestDendrite(t *testing.T) {
	if os.Getenv("PUENTE_DENDRITE") == "" {
		t.Skip("PUENTE_DENDRITE is not set")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 15*time.Minute)
	defer cancel()
	binary, err := homeserver.Build(ctx, "internal/dendrite")
	if err != nil {
		t.Fatal(err)
	}
	b := newBridge(t)
	instructions := b.open("http://127.0.0.1:1", homeserver.ServerName).(provider.Instructor).Instructions(b.webhookURL())
	registration := strings.NewReplacer("<AS_TOKEN>", asToken, "<HS_TOKEN>", hsToken).Replace(instructions)
	starting, ready := context.WithTimeout(ctx, time.Minute)
	defer ready()
	server, err := homeserver.Start(starting, binary, t.TempDir(), registration)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		server.Stop()
		if t.Failed() {
			t.Log(server.Log.String())
		}
	})
	d := &dendrite{bridge: b, url: server.URL, ana: newPerson(t, server.URL, "ana")}
	b.open(server.URL, homeserver.ServerName)
	for _, step := range []struct {
		name string
		run  func(*testing.T)
	}{
		{"the channel's user is registered by Setup", d.registers},
		{"what was written before the user joined is received", d.joins},
		{"a transaction that failed comes again with its id", d.repeats},
		{"an answer goes where the contact wrote, and comes back as our own", d.answers},
		{"a message that is put twice is one event", d.putsTwice},
		{"a read receipt is a watermark", d.isRead},
		{"a file goes both ways", d.files},
		{"a contact is written to first, in a room that is made once", d.writesFirst},
		{"a contact who left is invited again", d.invitesAgain},
		{"the user comes back to a room that it was removed from, or makes another", d.isRemoved},
		{"an encrypted room is answered in another", d.encrypted},
		{"a room of several is left", d.leavesGroups},
		{"what was heard is not heard again from the cursor on", d.resumes},
	} {
		if !t.Run(step.name, func(t *testing.T) { b.t = t; d.ana.t = t; step.run(t) }) {
			return
		}
	}
	b.t = t
}

type dendrite struct {
	*bridge
	url  string
	ana  *person
	room string // ana's
	stop func() // ends the listening
	last string // the event that was sent last
}

const ghost = "@soporte:localhost"

func outbound(id, contact string, c *messagev1.Content) *messagev1.Message {
	return &messagev1.Message{Id: id, Contact: &messagev1.Contact{Address: contact}, Content: c}
}

func (d *dendrite) send(t *testing.T, id, contact string, c *messagev1.Content) string {
	t.Helper()
	sent, err := d.sender.Send(t.Context(), outbound(id, contact, c))
	if err != nil || sent.Ref == "" {
		t.Fatalf("ref %q, error %v", sent.Ref, err)
	}
	return sent.Ref
}

func (d *dendrite) registers(t *testing.T) {
	todo, err := d.sender.(provider.Setter).Setup(t.Context(), d.webhookURL())
	if todo != "" || err != nil {
		t.Fatalf("todo %q, error %v", todo, err)
	}
	if err := d.sender.(provider.Checker).Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	stranger := newBridge(t)
	stranger.open(d.url, "example.org")
	if f := outcome.Classify(stranger.sender.(provider.Checker).Check(t.Context())); f == nil || f.Class != result.Suspended {
		t.Errorf("with another server's name: %v", f)
	}
}

func (d *dendrite) joins(t *testing.T) {
	d.room = d.ana.create(nil, ghost)
	d.ana.say(d.room, "first, before anybody is there")
	d.ana.say(d.room, "second")
	d.stop = d.listen()
	e := d.await("what came before is heard", says("second"))
	if e.Contact.GetAddress() != d.ana.id || e.Reply.Token != d.room {
		t.Errorf("contact %q, reply %v", e.Contact.GetAddress(), e.Reply)
	}
	d.ana.say(d.room, "third, by transaction")
	d.await("what comes after is received", says("third, by transaction"))
	var texts []string
	_, events := d.all()
	for _, e := range events {
		texts = append(texts, e.Content.GetText().GetBody())
	}
	if got := strings.Join(texts, "|"); got != "first, before anybody is there|second|third, by transaction" {
		t.Errorf("received %q", got)
	}
}

func (d *dendrite) repeats(t *testing.T) {
	before, _ := d.all()
	d.failNext(1)
	d.ana.say(d.room, "refused at first")
	eventually(t, "it is refused", func() bool { calls, _ := d.all(); return len(calls) > len(before) })
	d.ana.say(d.room, "written meanwhile")
	d.await("it comes again", says("refused at first"))
	d.await("what came behind it, too", says("written meanwhile"))
	calls, events := d.all()
	calls = calls[len(before):]
	n := 0
	for _, e := range events {
		if says("refused at first")(e) {
			n++
		}
	}
	if n != 1 {
		t.Errorf("it is received %d times", n)
	}
	if calls[0].Suffix != calls[1].Suffix || !strings.HasPrefix(calls[0].Suffix, "/_matrix/app/v1/transactions/") {
		t.Errorf("%q, then %q", calls[0].Suffix, calls[1].Suffix)
	}
	// what was written meanwhile may come under the same id: a call is known by its id and its events
	same := bytes.Equal(calls[0].Body, calls[1].Body)
	if dedupe := matrixDedupe(calls[0]) == matrixDedupe(calls[1]); same != dedupe {
		t.Errorf("the same body: %v, the same key: %v", same, dedupe)
	}
}

func (d *dendrite) answers(t *testing.T) {
	ref := d.send(t, "a1", d.ana.id, content.Text("Hola, Ana"))
	event := d.ana.newest(d.room, ref)[0]
	if event["sender"] != ghost || event["content"].(map[string]any)["body"] != "Hola, Ana" {
		t.Errorf("ana sees %v", event)
	}
	d.send(t, "a2", d.ana.id, content.Location(41.5, 2.1, "Plaza Mayor"))
	eventually(t, "it comes back", func() bool {
		calls, _ := d.all()
		return strings.Contains(string(calls[len(calls)-1].Body), "Plaza Mayor")
	})
	if _, events := d.all(); events[len(events)-1].Content.GetText().GetBody() != "written meanwhile" {
		t.Errorf("the bridge hears itself: %v", events[len(events)-1])
	}
}

func (d *dendrite) putsTwice(t *testing.T) {
	one, two := d.send(t, "twice", d.ana.id, content.Text("una vez")), d.send(t, "twice", d.ana.id, content.Text("una vez"))
	if one != two {
		t.Errorf("events %s and %s", one, two)
	}
	d.last = d.send(t, "once", d.ana.id, content.Text("y otra"))
	if seen := d.ana.newest(d.room, d.last); seen[1]["event_id"] != one || seen[2]["event_id"] == one {
		t.Errorf("ana sees %v", seen[:3])
	}
}

func (d *dendrite) isRead(t *testing.T) {
	d.ana.read(d.room, d.last)
	e := d.await("it is read", func(e provider.Event) bool { return e.Receipt != nil && e.Receipt.Ref == d.last })
	if !e.Receipt.UpTo || e.Receipt.Status != eventv1.Status_STATUS_READ || e.Contact.GetAddress() != d.ana.id || e.At.IsZero() {
		t.Errorf("%+v of %v", e.Receipt, e.Contact)
	}
}

func (d *dendrite) files(t *testing.T) {
	outside := files(t)
	d.open(d.url, homeserver.ServerName, outside)
	ref := d.send(t, "f1", d.ana.id, content.Attachment(&messagev1.Attachment{
		Kind: messagev1.AttachmentKind_ATTACHMENT_KIND_FILE, Url: outside + "/70000", FileName: "informe.pdf", Caption: "El informe",
	}))
	stored := d.ana.newest(d.room, ref)[0]["content"].(map[string]any)
	if stored["msgtype"] != "m.file" || stored["body"] != "El informe" || stored["filename"] != "informe.pdf" || stored["info"].(map[string]any)["size"] != 70000.0 {
		t.Errorf("ana sees %v", stored)
	}
	d.ana.write(d.room, "m.room.message", stored) // and sends it on to us, mark and all
	e := d.await("ana's file is received", func(e provider.Event) bool { return e.Content.GetAttachment() != nil })
	fetched, err := d.sender.(provider.Fetcher).Fetch(t.Context(), e.Content.GetAttachment())
	if err != nil {
		t.Fatal(err)
	}
	defer fetched.Body.Close()
	if n := size(fetched.Body); n != 70000 || fetched.Name != "informe.pdf" || fetched.MediaType != "image/png" {
		t.Errorf("%d bytes, %q %q", n, fetched.Name, fetched.MediaType)
	}
	f := outcome.Classify(failed(d.sender.(provider.Fetcher).Fetch(t.Context(), &messagev1.Attachment{Handle: "mxc://localhost/nothing"})))
	if f == nil || f.Class != result.Rejected {
		t.Errorf("a file that does not exist: %v", f)
	}
	_, err = d.sender.Send(t.Context(), outbound("f2", d.ana.id, content.Attachment(&messagev1.Attachment{
		Kind: messagev1.AttachmentKind_ATTACHMENT_KIND_FILE, Url: outside + "/2000000", FileName: "video.mp4",
	})))
	if f := outcome.Classify(err); f == nil || f.Class != result.Rejected {
		t.Errorf("a file larger than the homeserver takes: %v", f)
	}
}

func failed(_ *provider.File, err error) error { return err }
