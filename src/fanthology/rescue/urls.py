from django.urls import path

from .views import desk, origin, runs, uploads

urlpatterns = [
    path("rescue/", runs.all_runs, name="rescue"),
    path("rescue/new/", uploads.new, name="rescue-new"),
    path("rescue/uploads/", uploads.announce, name="rescue-announce"),
    path("rescue/uploads/<str:token>/", uploads.piece, name="rescue-piece"),
    path("rescue/<int:run_id>/", runs.run, name="rescue-run"),
    path("rescue/<int:run_id>/files/", uploads.more, name="rescue-files"),
    path("rescue/<int:run_id>/files/<int:upload_id>/remove/", uploads.remove, name="rescue-file-remove"),
    path("rescue/<int:run_id>/throw-away/", runs.throw_away, name="rescue-throw-away"),
    path("rescue/<int:run_id>/examine/", runs.examine, name="rescue-examine"),
    path("rescue/<int:run_id>/mapping/", runs.mapping_page, name="rescue-mapping"),
    path("rescue/<int:run_id>/basis/", runs.basis, name="rescue-basis"),
    path("rescue/<int:run_id>/bring/", runs.bring, name="rescue-bring"),
    path("rescue/<int:run_id>/works/", runs.works, name="rescue-works"),
    path("rescue/<int:run_id>/publish/", runs.publish, name="rescue-publish"),
    path("rescue/<int:run_id>/undo/", runs.undo, name="rescue-undo"),
    path("rescue/<int:run_id>/report.json", runs.report, name="rescue-report"),
    path("rescue/conflicts/<int:conflict_id>/", runs.decide, name="rescue-conflict"),
    path("desk/", desk.desk, name="desk"),
    path("desk/check/", desk.check, name="desk-check"),
    path("desk/settings/", desk.settings, name="desk-settings"),
    path("desk/jobs/<int:job_id>/cancel/", desk.job, {"verb": "cancel"}, name="desk-job-cancel"),
    path("desk/jobs/<int:job_id>/retry/", desk.job, {"verb": "retry"}, name="desk-job-retry"),
    path("read/<int:work_id>/origin/", origin.origin, name="origin"),
]
