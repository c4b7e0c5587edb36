package chat_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bonychat/puente/services/sandbox/chat"
)

func contacts(b *chat.Book) (out []string) {
	for _, c := range b.Contacts() {
		out = append(out, c.Contact)
	}
	return out
}

func TestBookIsBounded(t *testing.T) {
	b := chat.New(chat.Limits{Contacts: 2, Entries: 3}, nil)
	for i := range 5 {
		b.Add("ana", chat.Entry{MID: fmt.Sprint(i)})
	}
	var got []string
	for _, e := range b.List("ana") {
		got = append(got, e.MID)
	}
	if want := []string{"2", "3", "4"}; !cmp.Equal(got, want) {
		t.Errorf("thread = %v, want the last three %v", got, want)
	}
	b.Add("eva", chat.Entry{})
	b.Add("ana", chat.Entry{})
	b.Add("leo", chat.Entry{})
	if got, want := contacts(b), []string{"leo", "ana"}; !cmp.Equal(got, want) {
		t.Errorf("contacts = %v, want %v: who was silent longest is forgotten", got, want)
	}

	large := json.RawMessage(strings.Repeat("a", 1000))
	b = chat.New(chat.Limits{Bytes: 3000}, nil)
	for i := range 10 {
		b.Add(fmt.Sprint(i), chat.Entry{Message: large})
	}
	if got, want := contacts(b), []string{"9", "8"}; !cmp.Equal(got, want) {
		t.Errorf("contacts = %v, want what fits in the bytes: %v", got, want)
	}
}

func TestBookTellsChangesInOrder(t *testing.T) {
	var told []string
	b := chat.New(chat.Limits{}, func(contact string, e chat.Entry) { told = append(told, contact+" "+string(e.Status)) })
	first := b.Add("ana", chat.Entry{MID: "1", Status: chat.Accepted})
	b.Add("ana", chat.Entry{MID: "2", Status: chat.Accepted})
	e, ok := b.Update("ana", chat.Oldest(func(e *chat.Entry) bool { return e.Status == chat.Accepted }), func(e *chat.Entry) {
		e.Status = chat.Sent
		e.Warn("doubled")
	})
	if !ok || e.Seq != first.Seq || len(first.Warnings) != 0 || !cmp.Equal(e.Warnings, []string{"doubled"}) {
		t.Errorf("update = %+v %v, want the first, and its copy as it was", e, ok)
	}
	if _, ok := b.Update("nobody", chat.Newest(func(*chat.Entry) bool { return true }), func(*chat.Entry) {}); ok {
		t.Error("updated nobody's entry")
	}
	if changed := b.UpdateAll("ana", func(e *chat.Entry) bool { return e.Status.Before(chat.Read) }, func(e *chat.Entry) { e.Status = chat.Read }); len(changed) != 2 {
		t.Errorf("changed %d, want 2", len(changed))
	}
	if want := []string{"ana accepted", "ana accepted", "ana sent", "ana read", "ana read"}; !cmp.Equal(told, want) {
		t.Errorf("told %v, want %v", told, want)
	}
	if got, _ := json.Marshal(b.List("nobody")); string(got) != "[]" {
		t.Errorf("nobody's list = %s, want []", got)
	}
}
