package providertest

import (
	"io"
	"net/http"
	"testing"
)

// A GET that is dropped on a connection that was used before is made again by net/http: that is one request, and dropped.
func TestADroppedGetIsOneRequest(t *testing.T) {
	s := newServer()
	defer s.close()
	get := func() error {
		resp, err := s.http.Client().Get(s.url() + "/a")
		if err == nil {
			_, _ = io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
		}
		return err
	}
	s.expect([]string{"200\n\n{}", drop, "200\n\n{}"})
	for i, dropped := range []bool{false, true, false} {
		if err := get(); (err != nil) != dropped {
			t.Errorf("request %d: %v", i+1, err)
		}
	}
	if requests, surplus, unused := s.seen(); len(requests) != 3 || surplus != 0 || unused != 0 {
		t.Errorf("%d requests, %d beyond the answers, %d answers unused", len(requests), surplus, unused)
	}
	s.expect([]string{drop, "200\n\n{}"})
	post, err := s.http.Client().Post(s.url()+"/a", "text/plain", http.NoBody)
	if err == nil {
		post.Body.Close()
		t.Error("a dropped POST is answered")
	}
}
