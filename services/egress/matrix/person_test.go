package matrix_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"testing"
)

// person is somebody with a client at the homeserver.
type person struct {
	t     *testing.T
	url   string
	token string
	id    string
	sent  int
}

type answer map[string]any

// newPerson registers somebody.
func newPerson(t *testing.T, homeserver, name string) *person {
	t.Helper()
	p := &person{t: t, url: homeserver}
	a := p.do("POST", "/v3/register", answer{"username": name, "password": "correct horse " + name, "auth": answer{"type": "m.login.dummy"}})
	p.token, p.id = a["access_token"].(string), a["user_id"].(string)
	return p
}

// try makes a call of the client-server API.
func (p *person) try(method, path string, body any) (int, answer) {
	p.t.Helper()
	var r io.Reader
	if body != nil {
		data, _ := json.Marshal(body)
		r = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(p.t.Context(), method, p.url+"/_matrix/client"+path, r)
	if err != nil {
		p.t.Fatal(err)
	}
	if p.token != "" {
		req.Header.Set("Authorization", "Bearer "+p.token)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	var a answer
	_ = json.NewDecoder(resp.Body).Decode(&a)
	return resp.StatusCode, a
}

func (p *person) do(method, path string, body any) answer {
	p.t.Helper()
	status, a := p.try(method, path, body)
	if status != http.StatusOK {
		p.t.Fatalf("%s %s: %d %v", method, path, status, a)
	}
	return a
}

func room(id string) string { return "/v3/rooms/" + url.PathEscape(id) }

// create makes a room, as clients do for a direct chat, and invites somebody.
func (p *person) create(initial []answer, invited ...string) string {
	p.t.Helper()
	return p.createAs("trusted_private_chat", initial, invited...)
}

// createAs is create with another preset: with private_chat those who are invited have no power.
func (p *person) createAs(preset string, initial []answer, invited ...string) string {
	p.t.Helper()
	return p.do("POST", "/v3/createRoom", answer{
		"preset": preset, "is_direct": true, "invite": invited, "initial_state": initial,
	})["room_id"].(string)
}

// write sends an event and returns its id.
func (p *person) write(in, kind string, content answer) string {
	p.t.Helper()
	p.sent++
	return p.do("PUT", fmt.Sprintf("%s/send/%s/t%d", room(in), kind, p.sent), content)["event_id"].(string)
}

func (p *person) say(in, text string) string {
	p.t.Helper()
	return p.write(in, "m.room.message", answer{"msgtype": "m.text", "body": text})
}

func (p *person) join(in string) { p.t.Helper(); p.do("POST", room(in)+"/join", answer{}) }

// membership is what somebody is in a room, "" for nothing.
func (p *person) membership(in, user string) string {
	p.t.Helper()
	_, a := p.try("GET", room(in)+"/state/m.room.member/"+url.PathEscape(user), nil)
	m, _ := a["membership"].(string)
	return m
}

// newest waits until this event is the newest message of a room, and returns all of them, newest first.
func (p *person) newest(in, event string) (all []answer) {
	p.t.Helper()
	eventually(p.t, p.id+" sees the message", func() bool {
		all = p.sees(in)
		return len(all) > 0 && all[0]["event_id"] == event
	})
	return all
}

// invited waits for an invitation to a room that is none of these.
func (p *person) invited(but ...string) (to string) {
	p.t.Helper()
	eventually(p.t, p.id+" is invited", func() bool {
		for _, to = range p.invitations() {
			if !slices.Contains(but, to) {
				return true
			}
		}
		return false
	})
	return to
}

// sees are the messages of a room, newest first.
func (p *person) sees(in string) (all []answer) {
	p.t.Helper()
	for _, e := range p.do("GET", room(in)+"/messages?dir=b&limit=100", nil)["chunk"].([]any) {
		if event := answer(e.(map[string]any)); event["type"] == "m.room.message" {
			all = append(all, event)
		}
	}
	return all
}

// read marks an event as read.
func (p *person) read(in, event string) {
	p.t.Helper()
	p.do("POST", room(in)+"/receipt/m.read/"+url.PathEscape(event), answer{})
}

// invitations are the rooms that the person is invited to.
func (p *person) invitations() (all []string) {
	p.t.Helper()
	rooms, _ := p.do("GET", "/v3/sync?timeout=0", nil)["rooms"].(map[string]any)
	invited, _ := rooms["invite"].(map[string]any)
	for id := range invited {
		all = append(all, id)
	}
	return all
}
