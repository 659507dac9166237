// Before anything is painted: scripts run here, so what only they can show again may be hidden, and nothing moves later.
document.documentElement.classList.add("scripting");
