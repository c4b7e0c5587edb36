package matrix_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider"

	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/services/egress/matrix/internal/homeserver"
)

func (d *dendrite) writesFirst(t *testing.T) {
	bea := newPerson(t, d.url, "bea")
	// the room is made, and the answer lost
	line := newLine(t, d.url)
	line.lose("/createRoom")
	d.open(line.URL, homeserver.ServerName)
	m := outbound("b1", bea.id, content.Text("Hola, Bea"))
	if _, err := d.sender.Send(t.Context(), m); outcome.Classify(err) == nil || outcome.Classify(err).Class != result.Retry {
		t.Fatalf("a room whose making was not answered: %v", err)
	}
	sent, err := d.sender.Send(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}
	d.open(d.url, homeserver.ServerName)
	invited := bea.invited()
	if all := bea.invitations(); len(all) != 1 {
		t.Fatalf("bea is invited to %d rooms", len(all))
	}
	bea.join(invited)
	bea.newest(invited, sent.Ref)
	if status, a := bea.try("GET", room(invited)+"/state/m.room.canonical_alias/", nil); status == http.StatusOK && a["alias"] != nil {
		t.Errorf("the room shows its alias: %v", a)
	}
	// a process that has recorded nothing finds the room again
	d.open(d.url, homeserver.ServerName)
	bea.newest(invited, d.send(t, "b2", bea.id, content.Text("otra vez")))
	_, err = d.sender.Send(t.Context(), outbound("b3", "@nobody", content.Text("Hola")))
	if f := outcome.Classify(err); f == nil || f.Class != result.Rejected {
		t.Errorf("no user id: %v", f)
	}
}

func (d *dendrite) invitesAgain(t *testing.T) {
	d.ana.do("POST", room(d.room)+"/leave", answer{})
	ref := d.send(t, "c1", d.ana.id, content.Text("¿Sigues ahí?"))
	if got := d.ana.invited(); got != d.room {
		t.Fatalf("ana is invited to %v", got)
	}
	d.ana.join(d.room)
	d.ana.newest(d.room, ref)
}

func (d *dendrite) isRemoved(t *testing.T) {
	carla := newPerson(t, d.url, "carla")
	old := carla.createAs("private_chat", nil, ghost)
	carla.say(old, "soy Carla")
	d.await("carla is received", says("soy Carla"))
	carla.do("POST", room(old)+"/kick", answer{"user_id": ghost})
	ref := d.send(t, "k1", carla.id, content.Text("Hola, Carla"))
	invited := carla.invited(old)
	carla.join(invited)
	carla.newest(invited, ref)
	// invited once more to the first, where she writes again: the answer goes there
	carla.do("POST", room(old)+"/invite", answer{"user_id": ghost})
	carla.say(old, "mejor aquí")
	d.await("carla is received again", says("mejor aquí"))
	carla.newest(old, d.send(t, "k2", carla.id, content.Text("vale")))
}

func (d *dendrite) encrypted(t *testing.T) {
	dora := newPerson(t, d.url, "dora")
	secret := dora.create([]answer{{"type": "m.room.encryption", "state_key": "", "content": answer{"algorithm": "m.megolm.v1.aes-sha2"}}}, ghost)
	dora.write(secret, "m.room.encrypted", answer{"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "AwgA", "session_id": "x"})
	e := d.await("dora is received", func(e provider.Event) bool { return e.Contact.GetAddress() == dora.id })
	if !strings.HasPrefix(e.Content.GetText().GetBody(), "[encrypted message") || e.Reply != nil {
		t.Errorf("%v, reply %v", e.Content, e.Reply)
	}
	ref := d.send(t, "d1", dora.id, content.Text("sin cifrar, por favor"))
	invited := dora.invited()
	dora.join(invited)
	dora.newest(invited, ref)
	if status, _ := dora.try("PUT", room(invited)+"/state/m.room.encryption/", answer{"algorithm": "m.megolm.v1.aes-sha2"}); status != http.StatusForbidden {
		t.Errorf("dora may turn encryption on: %d", status)
	}
}

func (d *dendrite) leavesGroups(t *testing.T) {
	eva, flor := newPerson(t, d.url, "eva"), newPerson(t, d.url, "flor")
	group := eva.create(nil, flor.id)
	flor.join(group)
	eva.do("POST", room(group)+"/invite", answer{"user_id": ghost})
	eventually(t, "the user leaves", func() bool { return eva.membership(group, ghost) == "leave" })
}

func (d *dendrite) resumes(t *testing.T) {
	d.stop()
	_, before := d.all()
	gil := newPerson(t, d.url, "gil")
	in := gil.create(nil, ghost)
	for i := range 70 { // more than a page
		gil.say(in, fmt.Sprintf("n%d", i))
	}
	stop := d.listen()
	d.await("what was written while nobody listened is received", says("n69"))
	stop()
	_, events := d.all()
	events = events[len(before):]
	var got []string
	for _, e := range events {
		got = append(got, e.Content.GetText().GetBody())
	}
	for i := range 70 {
		if i >= len(got) || got[i] != fmt.Sprintf("n%d", i) {
			t.Fatalf("received %d, and at %d: %q", len(got), i, got)
		}
	}
	if len(got) != 70 {
		t.Errorf("received %d", len(got))
	}
}
