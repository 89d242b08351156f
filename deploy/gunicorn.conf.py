"""gunicorn as the host of the services: gunicorn --config /etc/votecal/gunicorn.conf.py (pip install 'votecal_soap[gunicorn]').

Addresses, threads and limits are VoteCal's own settings; this file has what is gunicorn's.
"""

import os

from votecal_soap import gunicorn_host
from votecal_soap.config import Config

ours = Config.from_environ(os.environ)

wsgi_app = "votecal_soap.gunicorn_host:application()"
bind = [address for address in (ours.listen, ours.admin_listen) if address]

# Threads wait for the database most of the time; processes are for cores. SQLite takes one writer at a time, whatever stands here.
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = ours.web_threads
# Connections and threads are made in the workers; before the fork they would be shared.
preload_app = False

# Longer than the longest call; a call in hand when SIGTERM comes has so long to be answered. TimeoutStopSec of the unit is longer.
timeout = 120
graceful_timeout = 60
# Longer than nginx keeps a connection to us, so that nginx is the one who ends it.
keepalive = 75

# Whom to believe about the caller is VOTECAL_TRUSTED_PROXIES' business: gunicorn itself believes nobody.
forwarded_allow_ips = ""
forwarder_headers = ""
header_map = "drop"

# One JSON line a call is written by the services; gunicorn's own lines are about its processes.
accesslog = None
errorlog = "-"
control_socket_disable = True

post_worker_init = gunicorn_host.post_worker_init
worker_exit = gunicorn_host.worker_exit
child_exit = gunicorn_host.child_exit
