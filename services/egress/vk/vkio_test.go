package vk_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/foreigntest"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/provider/providertest/sendertest"
	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/services/egress/vk"
)

// understood is a message as somebody reads it.
type understood struct {
	Kind, Peer, Text string
	Index, ID        int64
	Outbox, Chat     bool
	Forwarded        []string
	Photos           []string
	Documents        []string
	Voices           []string
	Place            []float64
}

// vkio is a client of VK that nobody here wrote, installed into a folder of the test: a server of the Callback API, and a sender.
func vkio(t *testing.T, api string) (at string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("internal/vkio")); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	install := exec.CommandContext(ctx, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	install.Dir = dir
	if out, err := install.CombinedOutput(); err != nil {
		t.Fatalf("npm ci: %v\n%s", err, out)
	}
	free, err := foreigntest.FreeAddress()
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(free)
	run := exec.Command("node", filepath.Join(dir, "judge.cjs"), port, api, "123456", "secret-key-1", "d4c1f2a7")
	p, err := foreigntest.Start(ctx, run, "http://"+free+"/")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.Stop()
		if t.Failed() {
			t.Log(p.Log.String())
		}
	})
	return "http://" + free
}

func get(t *testing.T, from string, v any) {
	t.Helper()
	resp, err := http.Get(from)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(v); err != nil {
		t.Fatal(err)
	}
}

// TestVKIO holds the network against vk-io, both ways. It is asked for by PUENTE_VK, since it installs packages; .ci/run asks.
func TestVKIO(t *testing.T) {
	if os.Getenv("PUENTE_VK") == "" {
		t.Skip("PUENTE_VK is not set")
	}
	api := &standIn{answer: `{"response": 511}`}
	server := httptest.NewServer(api)
	defer server.Close()
	at := vkio(t, server.URL)
	account := json.RawMessage(`{"group_id": "123456", "token": "token", "secret": "secret-key-1", "confirmation": "d4c1f2a7", "api": "` + server.URL + `"}`)
	t.Run("calls", func(t *testing.T) { reads(t, at, account) })
	t.Run("sends", func(t *testing.T) { sends(t, at, account, api) })
}

// reads has both answer and read each call that is not meant to be unreadable.
func reads(t *testing.T, at string, account json.RawMessage) {
	var ours []understood
	calls := [][]byte{[]byte(`{"type": "confirmation", "group_id": 123456, "secret": "secret-key-1"}`), []byte(`{"type": "message_new", "group_id": 123456, "secret": "other"}`)}
	files, err := filepath.Glob("testdata/in_*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range a.Files {
			if f.Name == "call.json" {
				calls = append(calls, f.Data)
			}
		}
	}
	for _, body := range calls {
		call := webhook.Call{Method: http.MethodPost, Header: http.Header{"Content-Type": {"application/json"}}, Body: body}
		verdict := vk.Network.Webhook.Examine(call, webhook.Secrets{"group_id": {"123456"}, "secret": {"secret-key-1"}, "confirmation": {"d4c1f2a7"}})
		events, err := sendertest.Receive(vk.Network, account, call)
		if verdict.Cause == webhook.Authentic && !verdict.Handshake {
			if err != nil || events[0].Unreadable != "" {
				continue
			}
			if events[0].Ignored == "" {
				ours = append(ours, said(t, body, events))
			}
		}
		resp, err := http.Post(at+"/", "application/json", strings.NewReader(string(body)))
		if err != nil {
			t.Fatal(err)
		}
		answer := make([]byte, 100)
		n, _ := resp.Body.Read(answer)
		resp.Body.Close()
		if took := resp.StatusCode == http.StatusOK; took != (verdict.Cause == webhook.Authentic) || took && string(answer[:n]) != verdict.Answer.Body {
			t.Errorf("%s: vk-io answers %d %q, and Puente %+v", body, resp.StatusCode, answer[:n], verdict)
		}
	}
	var theirs []understood
	get(t, at+"/seen", &theirs)
	theirs = slices.DeleteFunc(theirs, func(u understood) bool { return u.Chat }) // which Puente leaves out
	if len(ours) < 6 {
		t.Fatalf("%d messages were read", len(ours))
	}
	if diff := cmp.Diff(theirs, ours); diff != "" {
		t.Errorf("vk-io reads (-), Puente reads (+):\n%s", diff)
	}
}

// said is what Puente's events of a call say together.
func said(t *testing.T, body []byte, events []provider.Event) understood {
	t.Helper()
	var call struct{ Type string }
	if err := json.Unmarshal(body, &call); err != nil {
		t.Fatal(err)
	}
	u := understood{Kind: call.Type, Forwarded: []string{}, Photos: []string{}, Documents: []string{}, Voices: []string{}}
	for _, e := range events {
		u.Peer, u.Outbox = e.Contact.GetAddress(), e.Echo
		if e.Echo {
			u.ID, _ = strconv.ParseInt(e.Ref, 10, 64)
		}
		if n, err := fmt.Sscanf(strings.TrimPrefix(e.Key, u.Peer+"."), "%d", &u.Index); n != 1 {
			t.Fatal(err)
		}
		words := e.Content.GetText().GetBody() + e.Content.GetAttachment().GetCaption()
		for line := range strings.Lines(words) {
			if inner, ok := strings.CutPrefix(line, "[forwarded: "); ok {
				u.Forwarded = append(u.Forwarded, strings.TrimSuffix(inner, "]"))
			} else if !strings.HasPrefix(line, "[") {
				u.Text += strings.TrimSuffix(line, "\n")
			}
		}
		switch a := e.Content.GetAttachment(); a.GetKind() {
		case messagev1.AttachmentKind_ATTACHMENT_KIND_IMAGE:
			u.Photos = append(u.Photos, a.GetUrl())
		case messagev1.AttachmentKind_ATTACHMENT_KIND_FILE:
			u.Documents = append(u.Documents, a.GetUrl())
		case messagev1.AttachmentKind_ATTACHMENT_KIND_AUDIO:
			u.Voices = append(u.Voices, a.GetUrl())
		}
		if p := e.Content.GetLocation(); p != nil {
			u.Place = []float64{p.GetLatitude(), p.GetLongitude()}
		}
	}
	return u
}

// standIn takes calls of the API and answers all the same.
type standIn struct {
	answer string
	form   url.Values
	path   string
}

func (s *standIn) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	s.form, s.path = r.PostForm, r.URL.Path
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write([]byte(s.answer))
}

// sends has both send a message; what reaches VK is the same, but for where the token is, and so is what they make of the answer.
func sends(t *testing.T, at string, account json.RawMessage, api *standIn) {
	client := httpclient.New(httpclient.Options{})
	defer client.Close()
	bound, err := vk.Network.Bind(account)
	if err != nil {
		t.Fatal(err)
	}
	sender, err := bound.Open(provider.Host{Client: client})
	if err != nil {
		t.Fatal(err)
	}
	m := &messagev1.Message{Id: "m1", Contact: &messagev1.Contact{Address: "7001"}, Content: content.Text("¿Qué tal? & 100 %+\nпривет 👋")}
	query := url.Values{"peer": {"7001"}, "random": {strconv.FormatInt(provider.NumberKey(m, 31), 10)}, "text": {m.GetContent().GetText().GetBody()}}
	var theirs struct{ ID, Error int64 }
	get(t, at+"/send?"+query.Encode(), &theirs)
	form, path := api.form, api.path
	form.Del("access_token")
	sent, err := sender.Send(t.Context(), m)
	if err != nil || sent.Ref != strconv.FormatInt(theirs.ID, 10) {
		t.Errorf("%+v, %v, and vk-io says %+v", sent, err, theirs)
	}
	if diff := cmp.Diff(form, api.form); diff != "" || path != api.path {
		t.Errorf("vk-io sends to %s (-), Puente to %s (+):\n%s", path, api.path, diff)
	}
	api.answer = `{"error": {"error_code": 901, "error_msg": "Can't send messages for users without permission", "request_params": []}}`
	get(t, at+"/send?"+query.Encode(), &theirs)
	if _, err := sender.Send(t.Context(), m); theirs.Error != 901 || outcome.Classify(err).Reason.Code() != "not_allowed" {
		t.Errorf("%v, and vk-io says %+v", err, theirs)
	}
}
