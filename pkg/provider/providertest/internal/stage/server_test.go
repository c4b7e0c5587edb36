package stage

import (
	"io"
	"net/http"
	"testing"
)

// A GET that is dropped on a connection that was used before is made again by net/http: that is one request, and dropped.
func TestADroppedGetIsOneRequest(t *testing.T) {
	s := newServer(nil)
	defer s.close()
	client := &http.Client{Transport: &http.Transport{DialContext: s.dial(nil)}}
	defer client.CloseIdleConnections()
	get := func() error {
		resp, err := client.Get(s.URL() + "/a")
		if err == nil {
			_, _ = io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
		}
		return err
	}
	s.Expect([]string{"200\n\n{}", drop, "200\n\n{}"})
	for i, dropped := range []bool{false, true, false} {
		if err := get(); (err != nil) != dropped {
			t.Errorf("request %d: %v", i+1, err)
		}
	}
	if requests, surplus, unused := s.Seen(); len(requests) != 3 || surplus != 0 || unused != 0 {
		t.Errorf("%d requests, %d beyond the answers, %d answers unused", len(requests), surplus, unused)
	}
	s.Expect([]string{drop, "200\n\n{}"})
	post, err := client.Post(s.URL()+"/a", "text/plain", http.NoBody)
	if err == nil {
		post.Body.Close()
		t.Error("a dropped POST is answered")
	}
}
