package service

import (
	"errors"
	"log/slog"
	"os"

	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/pkg/telemetry"
)

// Logger makes the log of the process: it writes to standard error, in the format that the configuration says. What libraries write by
// package log or by OpenTelemetry's own means goes into it too. Call it once.
func Logger(cfg *config.Config) *slog.Logger {
	options := &slog.HandlerOptions{Level: cfg.Log.Level}
	var handler slog.Handler = slog.NewTextHandler(os.Stderr, options)
	if cfg.Log.Format == config.JSON {
		handler = slog.NewJSONHandler(os.Stderr, options)
	}
	log := slog.New(telemetry.Traced(handler))
	slog.SetLogLoggerLevel(slog.LevelWarn) // package log has no levels; what is said there, as by net/http, is trouble
	slog.SetDefault(log)
	telemetry.LogTo(log)
	return log
}

// logged is an error that the log holds.
type logged struct{ error }

func (l logged) Unwrap() error { return l.error }

// Logged writes the error with which a program ends into the log, if the log's format is JSON, so that every line is a record. In the text
// format it writes nothing, because main prints the error as a line for people. It returns the error, marked for [IsLogged]; nil stays
// nil. An error before the configuration is read is always printed as such a line.
func Logged(format config.Log, log *slog.Logger, err error) error {
	if err == nil || format.Format != config.JSON {
		return err
	}
	log.Error("ended by an error", "err", err)
	return logged{err}
}

// IsLogged says whether [Logged] has written the error, so that it need not be printed.
func IsLogged(err error) bool {
	_, is := errors.AsType[logged](err)
	return is
}
