package discord_test

import (
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/provider/providertest/sendertest"
	"github.com/bonychat/puente/pkg/provider/providertest/standin"
	"github.com/bonychat/puente/services/egress/discord"
)

// A file of up to 10 MB is uploaded, a larger one goes as a link, and one that breaks off is tried again.
func TestUpload(t *testing.T) {
	const mb = 1 << 20
	for _, test := range []struct {
		name, path string
		class      result.Class
		size       int // of the file that was taken; -1 for a link, -2 for nothing
	}{
		{"the largest", fmt.Sprintf("/%d", 10*mb), 0, 10 * mb},
		{"of unknown length", fmt.Sprintf("/chunked/%d", mb), 0, mb},
		{"too large", fmt.Sprintf("/%d", 10*mb+1), 0, -1},
		{"too large of unknown length", fmt.Sprintf("/chunked/%d", 10*mb+1), 0, -1},
		{"breaks off", fmt.Sprintf("/broken/%d", mb), result.Retry, -2},
	} {
		t.Run(test.name, func(t *testing.T) {
			outside := standin.NewFiles()
			defer outside.Close()
			size, words := -2, ""
			far := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				if strings.HasSuffix(r.URL.Path, "/channels") {
					_, _ = io.WriteString(w, `{"id": "300000000000000007"}`)
					return
				}
				payload, n, ok := parts(r)
				var m struct{ Content string }
				if !ok || json.Unmarshal(payload, &m) != nil {
					panic(http.ErrAbortHandler) // it broke off
				}
				size, words = n, m.Content
				_, _ = io.WriteString(w, `{"id": "400000000000000001"}`)
			}))
			defer far.Close()
			s := sendertest.Open(t, discord.Network, `{"token": "a.b.c", "api": "`+far.URL+`"}`, far.URL, outside.URL)
			url := outside.URL + test.path
			_, err := s.Send(t.Context(), &messagev1.Message{
				Id: "m1", Contact: &messagev1.Contact{Address: "200000000000000005"},
				Content: content.Attachment(&messagev1.Attachment{Kind: messagev1.AttachmentKind_ATTACHMENT_KIND_IMAGE, Url: url, Caption: "El plano"}),
			})
			var class result.Class
			if f := outcome.Classify(err); f != nil {
				class = f.Class
			}
			want := map[bool]string{true: "El plano\n" + url, false: "El plano"}[test.size == -1]
			if class != test.class || (err == nil) != (test.size > -2) || size != test.size || test.size > -2 && words != want {
				t.Errorf("%v: %d bytes with %q", err, size, words)
			}
		})
	}
}

// parts are the message and the size of the file of a request, -1 for none.
func parts(r *http.Request) (payload []byte, size int, ok bool) {
	media, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if media == "application/json" {
		payload, err := io.ReadAll(r.Body)
		return payload, -1, err == nil
	}
	form := multipart.NewReader(r.Body, params["boundary"])
	size = -1
	for {
		part, err := form.NextPart()
		if err == io.EOF {
			return payload, size, true
		}
		if err != nil {
			return nil, 0, false
		}
		data, err := io.ReadAll(part)
		switch {
		case err != nil:
			return nil, 0, false
		case part.FormName() == "payload_json":
			payload = data
		case part.FormName() == "files[0]" && part.FileName() != "":
			size = len(data)
		}
	}
}
