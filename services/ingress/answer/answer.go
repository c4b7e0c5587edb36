// Package answer writes what calls are answered with: refusals in the shape of the platform's contract, answers as a network's policy says
// them, and each within bounds of time, so that a caller who does not take its answer holds no place for long. It decides nothing.
package answer

import (
	"log/slog"
	"net/http"
	"strings"

	"github.com/bonychat/puente/pkg/customchannel"
	"github.com/bonychat/puente/pkg/webhook"
)

// Refuse answers in the contract's error shape. message is for the caller, and holds nothing that it wrote.
func Refuse(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "application/json")
	if status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	w.WriteHeader(status)
	_, _ = w.Write(customchannel.EncodeRefusal(message))
}

// NotAllowed refuses a method; allowed are those that the path takes.
func NotAllowed(w http.ResponseWriter, allowed []string) {
	w.Header().Set("Allow", strings.Join(allowed, ", "))
	Refuse(w, http.StatusMethodNotAllowed, "only "+strings.Join(allowed, " and ")+" is allowed here")
}

// Declared answers a network as its policy says.
func Declared(w http.ResponseWriter, a webhook.Answer) {
	for name, value := range a.Header {
		w.Header().Set(name, value)
	}
	if a.ContentType != "" {
		w.Header().Set("Content-Type", a.ContentType)
	}
	w.Header().Set("X-Content-Type-Options", "nosniff") // a handshake answers what its caller wrote
	w.WriteHeader(a.Status)
	_, _ = w.Write([]byte(a.Body))
}

// Failed logs what could not be done for a caller. One that has hung up is told nothing, and nothing went wrong.
func Failed(log *slog.Logger, r *http.Request, what string, err error, args ...any) {
	level := slog.LevelError
	if r.Context().Err() != nil {
		level = slog.LevelDebug
	}
	log.Log(r.Context(), level, what, append(args, "err", err)...)
}
