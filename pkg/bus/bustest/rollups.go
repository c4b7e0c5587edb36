package bustest

// AllowRollups has a bucket be as versions made it that deleted keys by roll-ups.
func (s *Server) AllowRollups(bucket string) {
	s.t.Helper()
	stream, err := s.js().Stream(s.t.Context(), "KV_"+bucket)
	if err != nil {
		s.t.Fatal(err)
	}
	c := stream.CachedInfo().Config
	c.AllowRollup = true
	if _, err := s.js().UpdateStream(s.t.Context(), c); err != nil {
		s.t.Fatal(err)
	}
}

// AllowsRollups says that a message may have a bucket throw away what else it holds.
func (s *Server) AllowsRollups(bucket string) bool {
	s.t.Helper()
	stream, err := s.js().Stream(s.t.Context(), "KV_"+bucket)
	if err != nil {
		s.t.Fatal(err)
	}
	return stream.CachedInfo().Config.AllowRollup
}
