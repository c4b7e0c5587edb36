package service

import (
	"errors"
	"log/slog"
	"os"

	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/pkg/telemetry"
)

// Logger is the log of the process: it writes to standard error as the configuration says. What libraries say past it,
// by package log or by OpenTelemetry's own means, goes into it too, so that each line of it is a record. Call it once.
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

// Logged writes what a program ends with into a log of records, where a line for people would be none. In a log for
// people nothing is written: such a line is what they understand best. nil stays nil. What is
// wrong before the configuration has been read is always such a line: nobody knows the format yet.
func Logged(format config.Log, log *slog.Logger, err error) error {
	if err == nil || format.Format != config.JSON {
		return err
	}
	log.Error("ended by an error", "err", err)
	return logged{err}
}

// IsLogged says that an error need not be shown: [Logged] has done so.
func IsLogged(err error) bool {
	_, is := errors.AsType[logged](err)
	return is
}
