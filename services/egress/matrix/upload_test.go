package matrix_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/provider/outcome"
)

// homeserverOf answers as one where the contact is in their room, and counts what is uploaded and sent.
func homeserverOf(t *testing.T, uploaded, sent *atomic.Int64) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		switch path := r.URL.Path; {
		case strings.HasSuffix(path, "/upload"):
			if r.ContentLength < 0 {
				w.WriteHeader(http.StatusBadRequest)
				return
			}
			uploaded.Store(size(r.Body))
			fmt.Fprint(w, `{"content_uri":"mxc://example.org/1"}`)
		case strings.Contains(path, "/account_data/"):
			fmt.Fprint(w, `{"room_id":"!r:example.org"}`)
		case strings.Contains(path, "/m.room.member/"):
			fmt.Fprint(w, `{"membership":"join"}`)
		case strings.Contains(path, "/send/"):
			sent.Add(1)
			fmt.Fprint(w, `{"event_id":"$1"}`)
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func TestUpload(t *testing.T) {
	const mb = 1 << 20
	for _, test := range []struct {
		name, path string
		class      result.Class
		size       int64 // of what was uploaded and shown; 0 for nothing
	}{
		{"a file is streamed", fmt.Sprintf("/%d", 30*mb), 0, 30 * mb},
		{"its length is told where its address does not tell it", fmt.Sprintf("/chunked/%d", 10*mb), 0, 10 * mb},
		{"a larger one of unknown length", fmt.Sprintf("/chunked/%d", 10*mb+1), result.Rejected, 0},
		{"one over 100 MB", fmt.Sprintf("/%d", 100*mb+1), result.Rejected, 0},
		{"one that breaks off", fmt.Sprintf("/broken/%d", mb), result.Retry, 0},
		{"an empty one", "/0", result.Rejected, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			var uploaded, sent atomic.Int64
			outside := files(t)
			b := newBridge(t)
			sender := b.open(homeserverOf(t, &uploaded, &sent), "example.org", outside)
			_, err := sender.Send(t.Context(), attached(outside+test.path))
			if test.size > 0 {
				if err != nil || uploaded.Load() != test.size || sent.Load() != 1 {
					t.Errorf("error %v, %d bytes, %d sent", err, uploaded.Load(), sent.Load())
				}
				return
			}
			if f := outcome.Classify(err); f == nil || f.Class != test.class || sent.Load() != 0 {
				t.Errorf("error %v, %d sent", err, sent.Load())
			}
		})
	}
}

// A file's address comes from outside: what is inside is out of its reach.
func TestUploadFetchesNothingInside(t *testing.T) {
	var uploaded, sent atomic.Int64
	outside := files(t)
	b := newBridge(t)
	sender := b.open(homeserverOf(t, &uploaded, &sent), "example.org")
	_, err := sender.Send(t.Context(), attached(outside+"/5"))
	if err == nil || uploaded.Load() != 0 || sent.Load() != 0 {
		t.Fatalf("error %v, %d bytes, %d sent", err, uploaded.Load(), sent.Load())
	}
	if strings.Contains(err.Error(), outside) {
		t.Errorf("the error holds the address: %v", err)
	}
}

func attached(url string) *messagev1.Message {
	return outbound("u1", "@ana:example.org", content.Attachment(&messagev1.Attachment{
		Kind: messagev1.AttachmentKind_ATTACHMENT_KIND_IMAGE, Url: url, Caption: "un plano",
	}))
}
