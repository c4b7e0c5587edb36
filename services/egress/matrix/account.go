package matrix

import (
	"errors"
	"regexp"
	"slices"

	"github.com/bonychat/puente/pkg/provider"
)

// Account is one application service at one homeserver.
type Account struct {
	Homeserver string           `json:"homeserver" doc:"Where the homeserver's client-server API is: scheme, host and port, such as https://matrix.example.org." doc_es:"Dónde está la API cliente-servidor del homeserver: esquema, host y puerto, como https://matrix.example.org." label:"Homeserver address" label_es:"Dirección del homeserver"`
	ASToken    provider.Secret  `json:"as_token" doc:"What the bridge shows to the homeserver: choose it yourself, long and random. It stands in the registration." doc_es:"Lo que el puente enseña al homeserver: elíjalo usted, largo y aleatorio. Está en el registro (registration)." label:"Bridge's token (as_token)" label_es:"Token del puente (as_token)"`
	HSToken    provider.Secrets `json:"hs_token" doc:"What the homeserver shows to the bridge: another one, long and random. It stands in the registration. While it is being changed, a list with the new one first." doc_es:"Lo que el homeserver enseña al puente: otro, largo y aleatorio. Está en el registro (registration). Mientras se cambia, una lista con el nuevo primero." label:"Homeserver's token (hs_token)" label_es:"Token del homeserver (hs_token)"`
	UserPrefix string           `json:"user_prefix" doc:"The name of the channel's user, which customers write to: soporte is @soporte:<server_name>. Names of rooms begin with it too. Of a-z 0-9 . _ = / + -, and for this channel alone." doc_es:"El nombre del usuario del canal, al que escriben los clientes: soporte es @soporte:<server_name>. Los nombres de las salas también empiezan así. De a-z 0-9 . _ = / + -, y solo para este canal." label:"Channel's user" label_es:"Usuario del canal"`
	ServerName string           `json:"server_name" doc:"What user ids of the homeserver end with, such as example.org." doc_es:"Con lo que terminan los ids de usuario del homeserver, como example.org." label:"Server name" label_es:"Nombre del servidor"`
}

var (
	// https://spec.matrix.org/latest/appendices/#user-identifiers
	localpart = regexp.MustCompile(`^[a-z0-9._=/+-]{1,128}$`)
	// https://spec.matrix.org/latest/appendices/#server-name
	serverName = regexp.MustCompile(`^([A-Za-z0-9.-]{1,255}|\[[0-9A-Fa-f:.]{2,45}\])(:[0-9]{1,5})?$`)
)

// Validate joins all that is wrong with the account. No error holds a value.
func (a Account) Validate() error {
	var errs []error
	if err := provider.CheckAddress("homeserver", a.Homeserver, "https://matrix.example.org"); err != nil {
		errs = append(errs, err)
	}
	if slices.Contains(a.HSToken.Reveal(), a.ASToken.Reveal()) {
		errs = append(errs, errors.New("hs_token: must be another one than as_token"))
	}
	if a.UserPrefix != "" && !localpart.MatchString(a.UserPrefix) {
		errs = append(errs, errors.New("user_prefix: must be 1 to 128 of a-z 0-9 . _ = / + -, without @ and server"))
	}
	if a.ServerName != "" && !serverName.MatchString(a.ServerName) {
		errs = append(errs, errors.New("server_name: must be a host and perhaps a port, such as example.org"))
	}
	return errors.Join(errs...)
}

// ghost is the channel's user.
func (a Account) ghost() string { return "@" + a.UserPrefix + ":" + a.ServerName }
