package slack

import "github.com/bonychat/puente/pkg/reason"

// said is all that this network's code may say of a message or a set-up.
var said reason.Table

// Every reason, with whose fault it is.
var (
	noUser = said.New("no_user", reason.Contact,
		"the contact has no Slack user id",
		"el contacto no tiene un identificador de usuario de Slack")
	unknownContact = said.New("unknown_contact", reason.Contact,
		"Slack does not know the contact, or the app may not write to them",
		"Slack no conoce al contacto, o la aplicación no puede escribirle")
	contactGone = said.New("contact_gone", reason.Contact,
		"the contact's Slack account is switched off",
		"la cuenta de Slack del contacto está desactivada")
	empty = said.New("empty", reason.Agent,
		"the message is empty",
		"el mensaje está vacío")
	tooLong = said.New("too_long", reason.Agent,
		"the message is longer than Slack takes",
		"el mensaje es más largo de lo que acepta Slack")
	unknownContent = said.New("unknown_content", reason.Puente,
		"Slack does not carry this kind of message",
		"Slack no admite este tipo de mensaje")
	noFileAddress = said.New("no_file_address", reason.Puente,
		"the file has no address",
		"el archivo no tiene dirección")
	tooLarge = said.New("too_large", reason.Agent,
		"the file is larger than the 100 MB that are uploaded to Slack",
		"el archivo supera los 100 MB que se suben a Slack")
	untold = said.New("untold", reason.Agent,
		"the file's server does not tell its size, and it is larger than 10 MB",
		"el servidor del archivo no indica su tamaño y supera los 10 MB")
	fileEmpty = said.New("file_empty", reason.Agent,
		"the file is empty",
		"el archivo está vacío")
	badFile = said.New("bad_file", reason.Agent,
		"the workspace does not take this kind of file, or none",
		"el espacio de trabajo no acepta este tipo de archivo, o ninguno")
	noStorage = said.New("no_storage", reason.Setup,
		"the workspace has no room for more files",
		"el espacio de trabajo no tiene sitio para más archivos")
	restricted = said.New("restricted", reason.Setup,
		"a rule of the workspace does not let the app write there",
		"una norma del espacio de trabajo no permite a la aplicación escribir ahí")
	refused = said.New("refused", reason.Network,
		"Slack refused the message",
		"Slack rechazó el mensaje")
	tooMany = said.New("too_many", reason.Network,
		"the workspace has sent too many messages for the moment",
		"el espacio de trabajo ha enviado demasiados mensajes por ahora")
	tokenRefused = said.New("token_refused", reason.Setup,
		"Slack refuses the bot token",
		"Slack rechaza el token del bot")
	appTokenRefused = said.New("app_token_refused", reason.Setup,
		"Slack refuses the app-level token",
		"Slack rechaza el token de la aplicación (app-level token)")
	scopeMissing = said.New("scope_missing", reason.Setup,
		"the app lacks a scope: add it under OAuth & Permissions, and install the app again",
		"a la aplicación le falta un permiso (scope): añádalo en OAuth & Permissions y vuelva a instalarla")
	scopesMissing = said.New("scopes_missing", reason.Setup,
		"the app lacks scopes ({scopes}): add them under OAuth & Permissions, and install the app again",
		"a la aplicación le faltan permisos ({scopes}): añádalos en OAuth & Permissions y vuelva a instalarla")
	notAllowed = said.New("not_allowed", reason.Setup,
		"the workspace does not let the app in",
		"el espacio de trabajo no permite la aplicación")
	messagesOff = said.New("messages_off", reason.Setup,
		"nobody can write to the app: switch on the Messages Tab under App Home",
		"nadie puede escribir a la aplicación: active Messages Tab en App Home")
	socketModeOff = said.New("socket_mode_off", reason.Setup,
		"Socket Mode is switched off in the app's settings",
		"Socket Mode está desactivado en los ajustes de la aplicación")
	outOfOrder = said.New("out_of_order", reason.Network,
		"Slack is out of order",
		"Slack no funciona en este momento")
	noAnswer = said.New("no_answer", reason.Network,
		"Slack did not answer",
		"Slack no ha respondido")
	strangeAnswer = said.New("strange_answer", reason.Network,
		"Slack's answer cannot be read",
		"no se entiende la respuesta de Slack")
	lost = said.New("lost", reason.Network,
		"the connection to Slack broke",
		"se cortó la conexión con Slack")
	fileGone = said.New("file_gone", reason.Network,
		"Slack does not hand out the file",
		"Slack no entrega el archivo")
	foreignFile = said.New("foreign_file", reason.Network,
		"the file is not at Slack",
		"el archivo no está en Slack")
	threadNotLookedUp = said.New("thread_not_looked_up", reason.Puente,
		"the contact's thread could not be looked up",
		"no se pudo consultar el hilo del contacto")
)
