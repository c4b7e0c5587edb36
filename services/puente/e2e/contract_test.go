package e2e_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bonychat/puente/pkg/customchannel"
	"github.com/bonychat/puente/services/egress/telegram/telegramtest"
)

const samples = "../../../pkg/customchannel/testdata"

func TestTheContract(t *testing.T) {
	t.Parallel()
	br := newBridge(t)
	t.Run("every valid sample goes out", func(t *testing.T) { validSamples(t, br) })
	t.Run("every bad sample is refused with the field", func(t *testing.T) { badSamples(t, br) })
	t.Run("tokens are checked", func(t *testing.T) { tokenChecks(t, br) })
	t.Run("updates come in once however often they are repeated", func(t *testing.T) { repeats(t, br) })
	t.Run("a burst arrives in order, both ways", func(t *testing.T) { burst(t, br) })
	t.Run("media can be fetched", func(t *testing.T) { media(t, br) })
	t.Run("a forged update is refused", func(t *testing.T) { forged(t, br) })
	if status := br.signal(syscall.SIGTERM); status != 0 {
		t.Errorf("exit status %d after SIGTERM, want 0", status)
	}
}

// message is the message object of a sample, either direction's.
func message(t *testing.T, path string) (notes map[string]string, body map[string]any, message any) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &body); err != nil {
		t.Fatal(err)
	}
	notes = map[string]string{}
	for key, value := range body {
		if strings.HasPrefix(key, "_") {
			notes[key], _ = value.(string)
			delete(body, key)
		}
	}
	message = body["message"]
	if events, ok := body["events"].([]any); ok && len(events) > 0 {
		if event, ok := events[0].(map[string]any); ok {
			message = event["message"]
		}
	}
	return notes, body, message
}

func validSamples(t *testing.T, br *bridge) {
	files, err := filepath.Glob(samples + "/samples/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no samples: %v", err)
	}
	sent := map[string]string{}
	chat := int64(1000)
	for _, file := range files {
		_, _, m := message(t, file)
		if m == nil {
			continue
		}
		chat++
		a := br.send("Bearer "+tokenA, map[string]any{"channelId": "A", "contactId": fmt.Sprint(chat), "message": m})
		if a.status != http.StatusOK {
			t.Errorf("%s: %+v", filepath.Base(file), a)
			continue
		}
		sent[a.mID] = file
		got, err := br.a.Wait(t.Context(), chat, 1)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if kind := m.(map[string]any)["type"]; kind == "text" {
			want := m.(map[string]any)["text"].(string)
			eventually(t, filepath.Base(file)+" is there whole", func() bool {
				return strings.Join(texts(br.a.Messages(chat)), "") == want
			})
			if len(want) == 7000 && len(br.a.Messages(chat)) != 2 {
				t.Errorf("7,000 characters in %d parts, want 2", len(br.a.Messages(chat)))
			}
		} else if len(got) == 0 {
			t.Errorf("%s: nothing arrived", file)
		}
	}
	for mID, file := range sent {
		eventually(t, "the receipt of "+file, func() bool {
			return slices.Equal(br.platform.statuses(mID), []customchannel.StatusValue{customchannel.StatusSent})
		})
	}
}

func badSamples(t *testing.T, br *bridge) {
	files, err := filepath.Glob(samples + "/bad/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no samples: %v", err)
	}
	tried := 0
	for _, file := range files {
		notes, body, m := message(t, file)
		field, _, _ := strings.Cut(notes["_rule"], ".")
		switch {
		case notes["_direction"] == "outbound":
			body["channelId"] = "A"
		case m != nil && slices.Contains([]string{"text", "attachment", "location", "quick_reply", "message"}, field):
			body = map[string]any{"channelId": "A", "contactId": "77", "message": m}
		default:
			continue
		}
		if notes["_expect"] != "reject" {
			continue
		}
		tried++
		a := br.send("Bearer "+tokenA, body)
		if a.status < 400 || a.status > 499 || a.error == "" {
			t.Errorf("%s: %+v", filepath.Base(file), a)
		} else if !slices.ContainsFunc(strings.Split(notes["_rule"], "."), func(word string) bool {
			return strings.Contains(a.error, strings.Replace(word, "reply", "replies", 1))
		}) {
			t.Errorf("%s: %q does not name %q", filepath.Base(file), a.error, notes["_rule"])
		}
	}
	if tried < 20 {
		t.Errorf("only %d bad samples were tried", tried)
	}
	if got := br.a.Messages(77); len(got) != 0 {
		t.Errorf("%d refused messages were sent", len(got))
	}
}

func tokenChecks(t *testing.T, br *bridge) {
	for name, authorization := range map[string]string{
		"missing": "", "wrong": "Bearer nonsense", "bare": tokenA, "basic": "Basic " + tokenA, "the other channel's": "Bearer " + tokenB,
		"one character more": "Bearer " + tokenA + "x", "one character less": "Bearer " + tokenA[:len(tokenA)-1], "empty": "Bearer ",
	} {
		a := br.send(authorization, text("A", 78, marker))
		if a.status != http.StatusUnauthorized || a.error == "" {
			t.Errorf("%s: %+v, want 401 in the error's shape", name, a)
		}
	}
	if got := br.a.Messages(78); len(got) != 0 {
		t.Errorf("%d messages were sent without a token", len(got))
	}
	if a := br.send("Bearer "+tokenA, map[string]any{"contactId": "79", "message": map[string]any{"type": "text", "text": marker}}); a.status != http.StatusOK {
		t.Errorf("without channelId the token names the channel: %+v", a)
	}
}

func repeats(t *testing.T, br *bridge) {
	update := br.a.Text(80, marker+" uno")
	br.deliver(br.a, update)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if status, err := br.a.Deliver(t.Context(), update); err != nil || status != http.StatusOK {
				t.Errorf("a repeat: %d, %v", status, err)
			}
		})
	}
	wg.Wait()
	// the same event in another call, which the edge cannot know for a repeat
	again := map[string]any{"message": update["message"]}
	br.deliver(br.a, again)
	eventually(t, "the first message", func() bool { return len(br.platform.messages("A", "80")) > 0 })
	br.signal(syscall.SIGTERM) // a graceful stop finishes what it has begun: not even one in flight may come twice
	br.run()
	br.deliver(br.a, map[string]any{"update_id": update["update_id"], "message": update["message"]})
	br.deliver(br.a, br.a.Text(80, marker+" dos"))
	want := []string{marker + " uno", marker + " dos"}
	eventually(t, "the second message", func() bool { return len(br.platform.messages("A", "80")) >= 2 })
	if diff := cmp.Diff(want, eventTexts(br.platform.messages("A", "80"))); diff != "" {
		t.Error(diff)
	}
}

func burst(t *testing.T, br *bridge) {
	const n = 60
	var want []string
	for i := range n {
		body := fmt.Sprintf("%s %02d", marker, i)
		want = append(want, body)
		br.deliver(br.a, br.a.Text(81, body))
		br.sendText(tokenB, "B", 82, body)
	}
	eventually(t, "all of the burst came in", func() bool { return len(br.platform.messages("A", "81")) >= n })
	if diff := cmp.Diff(want, eventTexts(br.platform.messages("A", "81"))); diff != "" {
		t.Error(diff)
	}
	eventually(t, "all of the burst went out", func() bool { return len(br.b.Messages(82)) >= n })
	if diff := cmp.Diff(want, texts(br.b.Messages(82))); diff != "" {
		t.Error(diff)
	}
}

func media(t *testing.T, br *bridge) {
	picture := append([]byte("\x89PNG\r\n\x1a\n"), make([]byte, 300_000)...)
	for i := range picture[8:] {
		picture[8+i] = byte(i * 7)
	}
	br.a.AddFile("file-1", telegramtest.File{Path: "photos/file_1.png", Data: picture})
	update := br.a.Text(83, "")
	m := update["message"].(map[string]any)
	delete(m, "text")
	m["caption"] = marker
	m["photo"] = []map[string]any{{"file_id": "file-1", "file_unique_id": "u1", "width": 90, "height": 90, "file_size": len(picture)}}
	br.deliver(br.a, update)
	eventually(t, "the photo", func() bool { return len(br.platform.messages("A", "83")) == 1 })
	a := br.platform.messages("A", "83")[0].Message.Attachment
	if a == nil || a.Type != customchannel.AttachmentImage || a.Description != marker || !strings.HasSuffix(a.FileName, ".png") && !strings.HasSuffix(a.FileName, ".jpg") {
		t.Fatalf("not the photo: %+v", a)
	}
	if strings.Contains(a.URL, "bot") || !strings.HasPrefix(a.URL, br.url+"/media/") {
		t.Fatalf("the link is not our own: %s", a.URL)
	}
	fetch := func(method, ranges string) (*http.Response, []byte) {
		req, err := http.NewRequest(method, a.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		if ranges != "" {
			req.Header.Set("Range", ranges)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp, body
	}
	for range 2 {
		if resp, body := fetch(http.MethodGet, ""); resp.StatusCode != http.StatusOK || !slices.Equal(body, picture) || resp.Header.Get("ETag") == "" {
			t.Errorf("GET: %s, %d bytes", resp.Status, len(body))
		}
	}
	if resp, _ := fetch(http.MethodHead, ""); resp.StatusCode != http.StatusOK || resp.ContentLength != int64(len(picture)) || !strings.HasPrefix(resp.Header.Get("Content-Type"), "image/") {
		t.Errorf("HEAD: %s, %d bytes, %s", resp.Status, resp.ContentLength, resp.Header.Get("Content-Type"))
	}
	if resp, body := fetch(http.MethodGet, "bytes=200000-200099"); resp.StatusCode != http.StatusPartialContent || !slices.Equal(body, picture[200000:200100]) {
		t.Errorf("Range: %s, %d bytes", resp.Status, len(body))
	}
}

func forged(t *testing.T, br *bridge) {
	for name, secret := range map[string]string{"missing": "", "wrong": "x", "the other channel's": secretB, "longer": secretA + "x"} {
		req, err := http.NewRequest(http.MethodPost, br.url+"/webhooks/telegram/A", strings.NewReader(`{"update_id":99999,"message":{"message_id":1,"date":1,"chat":{"id":84,"type":"private"},"text":"`+marker+`"}}`))
		if err != nil {
			t.Fatal(err)
		}
		if secret != "" {
			req.Header.Set("X-Telegram-Bot-Api-Secret-Token", secret)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s: %s", name, resp.Status)
		}
	}
	if got := br.platform.messages("A", "84"); len(got) != 0 {
		t.Errorf("%d forged messages came in", len(got))
	}
}
