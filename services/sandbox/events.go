package sandbox

import (
	"bytes"
	"net/http"
	"time"
)

// heartbeat is how often a quiet stream is written to, so that both ends notice a dead connection.
const heartbeat = 15 * time.Second

// serveEvents streams all changes. A page reads the lists once it is connected, so nothing falls in between.
func (s *Sandbox) serveEvents(w http.ResponseWriter, r *http.Request) {
	stream := s.hub.subscribe()
	if stream == nil {
		refuse(w, http.StatusServiceUnavailable, "too many event streams, or shutting down")
		return
	}
	defer s.hub.unsubscribe(stream)
	control := http.NewResponseController(w)
	write := func(data ...[]byte) bool {
		_ = control.SetWriteDeadline(time.Now().Add(10 * time.Second)) // instead of the server's own, which is for short answers
		_, err := w.Write(bytes.Join(data, nil))
		return err == nil && control.Flush() == nil
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusOK)
	ticks := time.NewTicker(heartbeat)
	defer ticks.Stop()
	for ok := write([]byte("retry: 1000\n\n")); ok; {
		select {
		case <-r.Context().Done():
			return
		case data, open := <-stream:
			if !open {
				return
			}
			ok = write([]byte("data: "), data, []byte("\n\n"))
		case <-ticks.C:
			ok = write([]byte(": still here\n\n"))
		}
	}
}
