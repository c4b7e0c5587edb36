package matrixtest

import (
	"cmp"
	"net/http"
	"strings"

	"github.com/bonychat/puente/pkg/provider/providertest/standin"
)

// fault takes the first fault that is meant for a call.
func (s *Server) fault(r *http.Request) standin.Fault {
	return s.TakeFault(func(f standin.Fault) bool { return strings.Contains(r.URL.Path, cmp.Or(f.Call, "/send/")) })
}
